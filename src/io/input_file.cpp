#include "lacathode/io/input_file.hpp"

#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "io/opened_file.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

using io::detail::Handle;
using io::detail::own;

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
void InputFile::refuse(const std::string& problem) const {
    throw InputError(path() + ": " + problem + "; make it again with " + impl_->writer());
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

// Every type that a dataset may have (FileElement).
#define LACATHODE_READS(T)                                                                        \
    template std::vector<T> InputFile::read<T>(const std::string&) const;                         \
    template std::vector<T> InputFile::read<T>(const std::string&, const Shape&) const;           \
    template std::vector<T> InputFile::read_rows<T>(const std::string&, std::size_t, std::size_t) \
        const;
LACATHODE_READS(float)
LACATHODE_READS(double)
LACATHODE_READS(std::int8_t)
LACATHODE_READS(std::uint8_t)
LACATHODE_READS(std::int64_t)
LACATHODE_READS(std::uint64_t)
#undef LACATHODE_READS

}  // namespace lacathode
