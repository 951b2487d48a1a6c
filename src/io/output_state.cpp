#include "io/output_state.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "io/format_version.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"

namespace lacathode {

using detail::check;
using detail::Handle;
using detail::own;

namespace {

// Version 3 of the file's own structures: all of them carry checksums.
Handle access_properties() {
    Handle access = own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "set file properties");
    check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
          "set file properties");
    return access;
}

// Without the time at which the root group was made.
Handle creation_properties() {
    Handle creation = own(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "set file properties");
    check(H5Pset_obj_track_times(creation.get(), false), "set file properties");
    return creation;
}

Handle dataset_properties(const Shape& shape, std::size_t chunk_rows) {
    Handle creation = own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "set dataset properties");
    check(H5Pset_obj_track_times(creation.get(), false), "set dataset properties");
    if (chunk_rows > 0) {
        std::vector<hsize_t> chunk(shape.begin(), shape.end());
        chunk[0] = chunk_rows;
        check(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
              "set dataset properties");
    }
    return creation;
}

}  // namespace

OutputFile::Impl::Impl(std::string path, FileFormat format, Overwrite overwrite)
    : path_(std::move(path)), partial_(path_ + ".partial"), overwrite_(overwrite) {
    check_output(path_, overwrite_);
    check_not_being_written();
    detail::silence_hdf5();
    create_partial();
    try {
        set_attribute("/", "format", format_name(format));
        set_attribute("/", "format_version", detail::format_version);
    } catch (...) {
        discard();
        throw;
    }
}

OutputFile::Impl::~Impl() {
    if (!finished_) discard();
}

// HDF5 truncates before it asks for its lock, so a second writer would ruin the first one's file.
void OutputFile::Impl::check_not_being_written() const {
    const int descriptor = open(partial_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    const bool busy = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(descriptor);
    if (busy) {
        throw OutputError(path_ + ": another process is writing " + partial_ +
                          "; wait for it or name another file");
    }
}

void OutputFile::Impl::create_partial() {
    const bool stale = access(partial_.c_str(), F_OK) == 0;
    guarded([&] {
        const Handle properties = access_properties();
        const Handle creation = creation_properties();
        const hid_t id =
            H5Fcreate(partial_.c_str(), H5F_ACC_TRUNC, creation.get(), properties.get());
        if (id >= 0) {
            file_ = Handle(id, H5Fclose);
            return;
        }
        const std::string reason = detail::hdf5_message();
        if (!stale) unlink(partial_.c_str());
        throw detail::Hdf5Error("cannot create " + partial_ + ": " + reason);
    });
}

void OutputFile::Impl::create(const std::string& name, const char* type, const Shape& shape,
                              std::size_t chunk_rows, const Attributes& attributes) {
    expects(!finished_, "nothing is written after commit");
    expects(name.size() > 1 && name[0] == '/' && !name.ends_with('/'),
            "a dataset's name is a path such as /mass");
    expects(!datasets_.contains(name), "each dataset is written once");
    guarded([&] {
        Dataset dataset;
        dataset.type = type;
        dataset.shape = shape;
        dataset.growing = chunk_rows > 0;
        for (std::size_t axis = 1; axis < shape.size(); ++axis) dataset.row_elements *= shape[axis];
        const std::string group = name.substr(0, name.rfind('/'));
        if (!group.empty()) detail::open_or_create_group(file_.get(), group);
        const Handle space = detail::make_space(shape, dataset.growing);
        const Handle creation = dataset_properties(shape, chunk_rows);
        dataset.handle = own(H5Dcreate2(file_.get(), name.c_str(), detail::type_id(type),
                                        space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                             H5Dclose, "create dataset '" + name + "'");
        datasets_.emplace(name, std::move(dataset));
    });
    for (const auto& attribute : attributes) set_attribute(name, attribute.name, attribute.value);
}

void OutputFile::Impl::write_rows(const std::string& name, const char* type, std::size_t first_row,
                                  const void* values, std::size_t count) {
    expects(!finished_, "nothing is written after commit");
    const auto found = datasets_.find(name);
    expects(found != datasets_.end(), "rows go to a dataset that was created");
    Dataset& dataset = found->second;
    expects(dataset.type == type, "rows have the type of their dataset");
    expects(first_row == dataset.rows, "rows are written in order");
    if (count == 0) return;
    expects(dataset.row_elements > 0 && count % dataset.row_elements == 0, "rows are whole");
    const std::size_t rows = count / dataset.row_elements;
    const std::size_t capacity = dataset.shape.empty() ? 1 : dataset.shape[0];
    expects(dataset.growing || first_row + rows <= capacity, "no more rows than were announced");
    guarded([&] { store(dataset, name, first_row, rows, values); });
}

void OutputFile::Impl::store(Dataset& dataset, const std::string& name, std::size_t first_row,
                             std::size_t rows, const void* values) {
    const std::string action = "write dataset '" + name + "'";
    const hid_t id = dataset.handle.get();
    if (dataset.growing) {
        dataset.shape[0] = first_row + rows;
        const std::vector<hsize_t> extent(dataset.shape.begin(), dataset.shape.end());
        check(H5Dset_extent(id, extent.data()), action);
    }
    const Handle space = own(H5Dget_space(id), H5Sclose, action);
    const Handle memory = detail::select_rows(space.get(), first_row, rows);
    const hid_t type = detail::type_id(dataset.type);
    check(H5Dwrite(id, type, memory.get(), space.get(), H5P_DEFAULT, values), action);
    dataset.digest.update(values, rows * dataset.row_elements * H5Tget_size(type));
    dataset.rows += rows;
}

void OutputFile::Impl::set_attribute(const std::string& object, const std::string& name,
                                     const AttributeValue& value) {
    expects(!finished_, "nothing is written after commit");
    expects(!detail::is_provenance(object), "commit writes the provenance");
    guarded([&] {
        const Handle target = detail::open_or_create_group(file_.get(), object);
        content_.add(object, name, value);
        detail::write_attribute(target.get(), name, value);
    });
}

}  // namespace lacathode
