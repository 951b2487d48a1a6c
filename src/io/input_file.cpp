#include "lacathode/io/input_file.hpp"

#include "io/accepted_formats.hpp"
#include "io/content_scan.hpp"
#include "io/file_seal.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "io/input_checks.hpp"
#include "io/provenance_group.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

using io::detail::check;
using io::detail::Handle;
using io::detail::own;
using io::detail::SealState;

namespace {

std::string with_article(const std::string& type) {
    return (type == "int8" || type == "int64" ? "an " : "a ") + type;
}

// Locks, not content, are what fails on some network file systems.
std::string lock_hint(const std::string& message) {
    if (message.find("lock") == std::string::npos) return "";
    return " (a file system without locks needs HDF5_USE_FILE_LOCKING=FALSE in the environment)";
}

}  // namespace

class InputFile::Impl {
  public:
    Impl(std::string path, std::vector<FileFormat> accepted, Verify verify);

    void verify() const { compare(scan()); }
    [[nodiscard]] Handle open_dataset(const std::string& name) const;
    [[nodiscard]] Handle open_object(const std::string& name) const;
    [[nodiscard]] AttributeValue attribute(const std::string& object,
                                           const std::string& name) const;
    [[nodiscard]] Shape shape(const Handle& dataset) const;
    /// `name` is that of the dataset, for messages.
    void read_rows(const Handle& dataset, const std::string& name, const char* type,
                   std::size_t first, std::size_t count, void* values) const;
    /// All values of the dataset, which has this shape.
    template <FileElement T>
    [[nodiscard]] std::vector<T> read_all(const Handle& dataset, const std::string& name,
                                          const Shape& stored) const;

    /// Runs work; a failure of HDF5 becomes an InputError that names the file.
    template <class Work>
    auto guarded(const Work& work) const {
        try {
            return work();
        } catch (const io::detail::Hdf5Error& error) {
            fail(error.what());
        }
    }
    /// Throws InputError with file and remedy.
    [[noreturn]] void fail(const std::string& problem) const {
        throw InputError(path_ + ": " + problem + "; " + remedy());
    }
    [[nodiscard]] std::string remedy() const { return accepted_.remedy(); }

    std::string path_;
    io::detail::AcceptedFormats accepted_;
    FileFormat format_ = FileFormat::events;
    bool sealed_ = false;
    Handle file_;
    Provenance provenance_;

  private:
    /// Before libhdf5 sees any.
    void check_bytes();
    void load();
    /// The content hash of what is there.
    [[nodiscard]] std::string scan() const;
    void compare(const std::string& found) const;
};

InputFile::Impl::Impl(std::string path, std::vector<FileFormat> accepted, Verify verify)
    : path_(std::move(path)), accepted_(std::move(accepted)) {
    check_bytes();
    if (!sealed_) {
        io::detail::try_in_child(path_, [&] {
            load();
            const std::string found = scan();
            if (verify == Verify::yes) compare(found);
        });
    }
    load();
}

void InputFile::Impl::check_bytes() {
    io::detail::check_readable_file(path_);
    const io::detail::SealCheck seal = io::detail::check_seal(path_);
    if (seal.state == SealState::no_hdf5) {
        throw InputError(path_ + ": is not an HDF5 file; " + accepted_.expected());
    }
    if (seal.state == SealState::broken) fail(seal.problem);
    sealed_ = seal.state == SealState::whole;
}

void InputFile::Impl::load() {
    io::detail::silence_hdf5();
    file_ = Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file_) {
        const std::string reason = io::detail::hdf5_message();
        fail("cannot be opened, it is truncated or damaged: " + reason + lock_hint(reason));
    }
    guarded([&] {
        format_ = accepted_.check(path_, file_.get());
        provenance_ = io::detail::read_provenance(file_.get());
    });
}

std::string InputFile::Impl::scan() const {
    return guarded([&] { return io::detail::scan_content(file_.get()); });
}

void InputFile::Impl::compare(const std::string& found) const {
    if (found == provenance_.content_hash) return;
    fail("its content has changed since it was written (content hash " + found + ", recorded " +
         provenance_.content_hash + ")");
}

Handle InputFile::Impl::open_object(const std::string& name) const {
    // Every look at a name walks the groups on its way: only after a failure, to tell why.
    if (Handle object(H5Oopen(file_.get(), name.c_str(), H5P_DEFAULT), H5Oclose); object) {
        return object;
    }
    if (!guarded([&] { return io::detail::link_exists(file_.get(), name); })) {
        fail("'" + name + "' is missing");
    }
    return guarded([&] {
        return own(H5Oopen(file_.get(), name.c_str(), H5P_DEFAULT), H5Oclose,
                   "open '" + name + "'");
    });
}

Handle InputFile::Impl::open_dataset(const std::string& name) const {
    Handle object = open_object(name);
    if (H5Iget_type(object.get()) != H5I_DATASET) {
        fail("'" + name + "' is not a dataset");
    }
    return object;
}

AttributeValue InputFile::Impl::attribute(const std::string& object,
                                          const std::string& name) const {
    const Handle handle = open_object(object);
    auto value = guarded([&] { return io::detail::read_attribute(handle.get(), name); });
    if (value) return std::move(*value);
    fail("attribute '" + name + "' of '" + object +
         "' is missing or is not a single text or number");
}

Shape InputFile::Impl::shape(const Handle& dataset) const {
    return guarded([&] { return io::detail::dataset_shape(dataset.get()); });
}

void InputFile::Impl::read_rows(const Handle& dataset, const std::string& name, const char* type,
                                std::size_t first, std::size_t count, void* values) const {
    guarded([&] {
        const std::string action = "read dataset '" + name + "'";
        const Handle stored = own(H5Dget_type(dataset.get()), H5Tclose, action);
        const std::string found = io::detail::stored_type_name(stored.get());
        if (found != type) {
            throw io::detail::Hdf5Error("dataset '" + name + "' has type " + found + ", expected " +
                                        with_article(type));
        }
        const Handle space = own(H5Dget_space(dataset.get()), H5Sclose, action);
        const Handle memory = io::detail::select_rows(space.get(), first, count);
        check(H5Dread(dataset.get(), stored.get(), memory.get(), space.get(), H5P_DEFAULT, values),
              action);
    });
}

template <FileElement T>
std::vector<T> InputFile::Impl::read_all(const Handle& dataset, const std::string& name,
                                         const Shape& stored) const {
    std::vector<T> values(io::detail::element_count(stored));
    read_rows(dataset, name, io::detail::type_name<T>(), 0, stored.empty() ? 1 : stored[0],
              values.data());
    return values;
}

InputFile::InputFile(std::string path, FileFormat format, Verify verify)
    : InputFile(std::move(path), std::vector<FileFormat>{format}, verify) {}

InputFile::InputFile(std::string path, std::vector<FileFormat> accepted, Verify verify)
    : impl_(std::make_unique<Impl>(std::move(path), std::move(accepted), verify)) {}

InputFile::~InputFile() = default;
InputFile::InputFile(InputFile&&) noexcept = default;
InputFile& InputFile::operator=(InputFile&&) noexcept = default;

const std::string& InputFile::path() const noexcept {
    return impl_->path_;
}
FileFormat InputFile::format() const noexcept {
    return impl_->format_;
}
const Provenance& InputFile::provenance() const noexcept {
    return impl_->provenance_;
}
bool InputFile::is_sealed() const noexcept {
    return impl_->sealed_;
}
const std::string& InputFile::content_hash() const noexcept {
    return impl_->provenance_.content_hash;
}
InputRecord InputFile::record(const std::string& role) const {
    return {role, path(), content_hash()};
}
void InputFile::verify() const {
    impl_->verify();
}

bool InputFile::has(const std::string& name) const {
    return impl_->guarded([&] { return io::detail::link_exists(impl_->file_.get(), name); });
}

bool InputFile::has_attribute(const std::string& object, const std::string& name) const {
    return has(object) && io::detail::attribute_exists(impl_->open_object(object).get(), name);
}

bool InputFile::is_group(const std::string& name) const {
    return H5Iget_type(impl_->open_object(name).get()) == H5I_GROUP;
}

Shape InputFile::shape(const std::string& dataset) const {
    return impl_->shape(impl_->open_dataset(dataset));
}

std::string InputFile::element_type(const std::string& dataset) const {
    const Handle handle = impl_->open_dataset(dataset);
    return impl_->guarded([&] {
        const Handle type = own(H5Dget_type(handle.get()), H5Tclose, "read a type");
        return io::detail::stored_type_name(type.get());
    });
}

std::vector<std::string> InputFile::children(const std::string& group) const {
    const Handle handle = impl_->open_object(group);
    if (H5Iget_type(handle.get()) != H5I_GROUP) {
        impl_->fail("'" + group + "' is not a group");
    }
    return impl_->guarded([&] { return io::detail::child_names(handle.get()); });
}

template <FileElement T>
std::vector<T> InputFile::read(const std::string& dataset) const {
    const Handle handle = impl_->open_dataset(dataset);
    return impl_->read_all<T>(handle, dataset, impl_->shape(handle));
}

template <FileElement T>
std::vector<T> InputFile::read(const std::string& dataset, const Shape& expected) const {
    const Handle handle = impl_->open_dataset(dataset);
    const Shape stored = impl_->shape(handle);
    if (stored != expected) {
        impl_->fail("dataset '" + dataset + "' has shape " + io::detail::text_of(stored) +
                    ", expected " + io::detail::text_of(expected));
    }
    return impl_->read_all<T>(handle, dataset, stored);
}

template <FileElement T>
std::vector<T> InputFile::read_rows(const std::string& dataset, std::size_t first,
                                    std::size_t count) const {
    const Handle handle = impl_->open_dataset(dataset);
    const Shape stored = impl_->shape(handle);
    expects(!stored.empty() && first <= stored[0] && count <= stored[0] - first,
            "rows are within the array");
    std::size_t row_elements = 1;
    for (std::size_t axis = 1; axis < stored.size(); ++axis) row_elements *= stored[axis];
    std::vector<T> values(count * row_elements);
    impl_->read_rows(handle, dataset, io::detail::type_name<T>(), first, count, values.data());
    return values;
}

template <class T>
T InputFile::typed_attribute(const std::string& object, const std::string& name,
                             const char* expected) const {
    auto value = impl_->attribute(object, name);
    if (auto* found = std::get_if<T>(&value)) return std::move(*found);
    impl_->fail("attribute '" + name + "' of '" + object + "' is not " + expected);
}

std::string InputFile::string_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::string>(object, name, "text");
}
double InputFile::double_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<double>(object, name, "a float64");
}
std::int64_t InputFile::int_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::int64_t>(object, name, "an int64");
}
std::uint64_t InputFile::uint_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::uint64_t>(object, name, "a uint64");
}

Attributes InputFile::attributes(const std::string& object) const {
    const Handle handle = impl_->open_object(object);
    Attributes all;
    for (auto& name : impl_->guarded([&] { return io::detail::attribute_names(handle.get()); })) {
        auto value = impl_->attribute(object, name);
        all.push_back({std::move(name), std::move(value)});
    }
    return all;
}

template std::vector<float> InputFile::read<float>(const std::string&) const;
template std::vector<float> InputFile::read<float>(const std::string&, const Shape&) const;
template std::vector<float> InputFile::read_rows<float>(const std::string&, std::size_t,
                                                        std::size_t) const;
template std::vector<double> InputFile::read<double>(const std::string&) const;
template std::vector<double> InputFile::read<double>(const std::string&, const Shape&) const;
template std::vector<double> InputFile::read_rows<double>(const std::string&, std::size_t,
                                                          std::size_t) const;
template std::vector<std::int8_t> InputFile::read<std::int8_t>(const std::string&) const;
template std::vector<std::int8_t> InputFile::read<std::int8_t>(const std::string&,
                                                               const Shape&) const;
template std::vector<std::int8_t> InputFile::read_rows<std::int8_t>(const std::string&, std::size_t,
                                                                    std::size_t) const;
template std::vector<std::uint8_t> InputFile::read<std::uint8_t>(const std::string&) const;
template std::vector<std::uint8_t> InputFile::read<std::uint8_t>(const std::string&,
                                                                 const Shape&) const;
template std::vector<std::uint8_t> InputFile::read_rows<std::uint8_t>(const std::string&,
                                                                      std::size_t,
                                                                      std::size_t) const;
template std::vector<std::int64_t> InputFile::read<std::int64_t>(const std::string&) const;
template std::vector<std::int64_t> InputFile::read<std::int64_t>(const std::string&,
                                                                 const Shape&) const;
template std::vector<std::int64_t> InputFile::read_rows<std::int64_t>(const std::string&,
                                                                      std::size_t,
                                                                      std::size_t) const;
template std::vector<std::uint64_t> InputFile::read<std::uint64_t>(const std::string&) const;
template std::vector<std::uint64_t> InputFile::read<std::uint64_t>(const std::string&,
                                                                   const Shape&) const;
template std::vector<std::uint64_t> InputFile::read_rows<std::uint64_t>(const std::string&,
                                                                        std::size_t,
                                                                        std::size_t) const;

}  // namespace lacathode
