#include "io/unfinished_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "io/file_seal.hpp"
#include "io/format_version.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/hdf5_properties.hpp"
#include "io/hdf5_types.hpp"
#include "io/provenance_group.hpp"
#include "io/scratch_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/scratch.hpp"

namespace lacathode {

using io::detail::check;
using io::detail::Handle;
using io::detail::own;

template <class Work>
auto OutputFile::Impl::guarded(const Work& work) {
    try {
        return work();
    } catch (const io::detail::Hdf5Error& error) {
        const std::string where = scratch_ ? " (" + work_name() + ", --scratch)" : "";
        throw OutputError(path() + where + ": " + error.what() +
                          "; check free space, quota and permissions");
    }
}

OutputFile::Impl::Impl(std::string path, FileFormat format, Overwrite overwrite)
    : partial_(std::move(path), overwrite) {
    constexpr unsigned private_mode = 0600;  // others may look there, but not beside the output
    io::detail::silence_hdf5();
    try {
        if (!scratch_directory().empty()) {
            scratch_.emplace(io::detail::scratch_path(partial_.target()), Overwrite::allow,
                             private_mode);
        }
        create_file();
        set_attribute("/", "format", format_name(format));
        set_attribute("/", "format_version", io::detail::format_version);
    } catch (...) {
        discard();
        throw;
    }
}

OutputFile::Impl::~Impl() {
    if (!finished_) discard();
}

void OutputFile::Impl::create_file() {
    guarded([&] {
        const Handle properties = io::detail::access_properties();
        const Handle creation = io::detail::creation_properties();
        file_ = own(H5Fcreate(work_name().c_str(), H5F_ACC_TRUNC, creation.get(), properties.get()),
                    H5Fclose, "create " + work_name());
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
        if (!group.empty()) io::detail::open_or_create_group(file_.get(), group);
        const Handle space = io::detail::make_space(shape, dataset.growing);
        const Handle creation = io::detail::dataset_properties(shape, chunk_rows);
        dataset.handle = own(H5Dcreate2(file_.get(), name.c_str(), io::detail::type_id(type),
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
    expects(dataset.growing || first_row + rows <= dataset.announced_rows(),
            "no more rows than were announced");
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
    const Handle memory = io::detail::select_rows(space.get(), first_row, rows);
    const hid_t type = io::detail::type_id(dataset.type);
    check(H5Dwrite(id, type, memory.get(), space.get(), H5P_DEFAULT, values), action);
    dataset.digest.update(values, rows * dataset.row_elements * H5Tget_size(type));
    dataset.rows += rows;
    // A file of many arrays must not keep all of them open.
    if (!dataset.growing && dataset.rows == dataset.announced_rows())
        check(dataset.handle.reset(), action);
}

void OutputFile::Impl::set_attribute(const std::string& object, const std::string& name,
                                     const AttributeValue& value) {
    expects(!finished_, "nothing is written after commit");
    expects(!io::detail::is_provenance(object), "commit writes the provenance");
    guarded([&] {
        const Handle target = io::detail::open_or_create_group(file_.get(), object);
        content_.add(object, name, value);
        io::detail::write_attribute(target.get(), name, value);
    });
}

std::string OutputFile::Impl::finish_hash() {
    for (const auto& [name, dataset] : datasets_) {
        expects(dataset.rows == dataset.announced_rows() || dataset.row_elements == 0,
                "every array is complete when the file is committed");
        content_.add(name, dataset.type, dataset.shape, dataset.digest);
    }
    return content_.text();
}

// Chunks that are still in memory go to disk in H5Fflush; only there does a full disk show.
void OutputFile::Impl::close_all() {
    const std::string action = "write " + work_name();
    check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), action);
    for (auto& [name, dataset] : datasets_) check(dataset.handle.reset(), action);
    check(file_.reset(), action);
}

void OutputFile::Impl::seal() {
    std::ifstream file(work_name(), std::ios::binary);
    const std::string seal = io::detail::make_seal(file);
    if (!file.eof()) throw OutputError(path() + ": cannot read " + work_name() + " back");
    if (scratch_) partial_.copy_from(work_name());
    partial_.write_head(seal);
}

std::string OutputFile::Impl::commit(Provenance provenance) {
    expects(!finished_, "a file is committed once");
    provenance.content_hash = finish_hash();
    guarded([&] {
        io::detail::write_provenance(file_.get(), provenance);
        close_all();
    });
    seal();
    partial_.put_in_place();
    finished_ = true;
    return provenance.content_hash;
}

// HDF5 insists on writing what it still holds, and fails badly if it cannot: give it a sink.
void OutputFile::Impl::discard() noexcept {
    finished_ = true;
    partial_.let_go();
    scratch_.reset();
    void* descriptor = nullptr;
    if (file_ && H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &descriptor) >= 0 && descriptor) {
        const int sink = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (sink >= 0) {
            dup2(sink, *static_cast<int*>(descriptor));
            close(sink);
        }
    }
    datasets_.clear();
    file_.reset();
}

}  // namespace lacathode
