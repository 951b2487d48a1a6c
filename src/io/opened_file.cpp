#include "io/opened_file.hpp"

#include "io/content_scan.hpp"
#include "io/file_seal.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "io/input_checks.hpp"
#include "io/provenance_group.hpp"
#include "io/trial_reading.hpp"

namespace lacathode {

using io::detail::check;
using io::detail::Handle;
using io::detail::own;
using io::detail::SealState;

namespace {

std::string with_article(const std::string& type) {
    return (type == "int8" || type == "int64" ? "an " : "a ") + type;
}

}  // namespace

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
        const std::string why = io::detail::opening_failure();
        if (sealed_) throw io::detail::CannotOpen(path_ + ": " + why);  // whole as it is
        fail(why);
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
    const auto open = [&] { return io::detail::open_object(file_.get(), name); };
    try {
        return open();
    } catch (const io::detail::Hdf5Error&) {
        // Every look at a name walks the groups on its way: only after a failure, to tell why.
        if (!guarded([&] { return io::detail::link_exists(file_.get(), name); }))
            fail("'" + name + "' is missing");
        return guarded(open);
    }
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

}  // namespace lacathode
