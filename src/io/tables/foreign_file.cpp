#include "io/tables/foreign_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::size_t least_cache = std::size_t{1} << 20;
constexpr std::size_t most_cache = std::size_t{256} << 20;

std::string filter_name(H5Z_filter_t id) {
    static constexpr std::array<std::pair<int, const char*>, 8> known = {{{1, "zlib (deflate)"},
                                                                          {4, "szip"},
                                                                          {307, "bzip2"},
                                                                          {32000, "lzf"},
                                                                          {32001, "blosc"},
                                                                          {32004, "lz4"},
                                                                          {32015, "zstd"},
                                                                          {32026, "blosc2"}}};
    for (const auto& [number, name] : known) {
        if (number == id) return name;
    }
    return "an unknown filter";
}

// The first filter that the library cannot undo; negative if there is none.
H5Z_filter_t missing_filter(hid_t creation) {
    const int count = H5Pget_nfilters(creation);
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0;
        std::size_t parameters = 0;
        const auto id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &parameters,
                                       nullptr, 0, nullptr, nullptr);
        if (id >= 0 && H5Zfilter_avail(id) <= 0) return id;
    }
    return -1;
}

std::size_t chunk_bytes(hid_t dataset, const std::vector<hsize_t>& chunk) {
    if (chunk.empty()) return 0;
    const Handle type = own(H5Dget_type(dataset), H5Tclose, "read a type");
    std::size_t bytes = H5Tget_size(type.get());
    for (const auto length : chunk) bytes *= length;
    return bytes;
}

bool is_written(hid_t dataset, const std::vector<hsize_t>& chunk) {
    const Handle space = own(H5Dget_space(dataset), H5Sclose, "read a shape");
    const Shape shape = shape_of(space.get());
    if (element_count(shape) == 0) return true;
    if (chunk.empty()) return H5Dget_storage_size(dataset) > 0;
    hsize_t expected = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        expected *= (shape[axis] - 1) / chunk[axis] + 1;
    hsize_t written = 0;
    check(H5Dget_num_chunks(dataset, space.get(), &written), "read a layout");
    return written == expected;
}

}  // namespace

ForeignFile::ForeignFile(const std::string& file_path) : path(file_path) {
    silence_hdf5();
    handle = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!handle) throw InputError(path + ": " + opening_failure("; copy or download it again"));
}

bool ForeignFile::has(const std::string& name) const {
    return link_exists(handle.get(), name);
}

Handle ForeignFile::open(const std::string& name) const {
    Handle object = open_object(handle.get(), name);
    if (H5Iget_type(object.get()) == H5I_DATASET) refuse_other_files(object.get(), name);
    return object;
}

Handle ForeignFile::open_dataset(const std::string& name) const {
    const Handle access = own(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "set dataset properties");
    stay_in_file(access.get());
    Handle dataset = own(H5Dopen2(handle.get(), name.c_str(), access.get()), H5Dclose,
                         "open dataset '" + name + "'");
    refuse_other_files(dataset.get(), name);
    const Handle creation = own(H5Dget_create_plist(dataset.get()), H5Pclose, "read a layout");
    const auto filter = missing_filter(creation.get());
    if (filter >= 0) {
        throw InputError(path + ": dataset '" + name + "' is compressed with " +
                         filter_name(filter) + " (HDF5 filter " + std::to_string(filter) +
                         "), which this HDF5 library cannot read; rewrite it with zlib (pandas: "
                         "df.to_hdf(..., complib='zlib'); h5py: compression='gzip')");
    }
    const auto chunk = chunk_lengths(dataset.get());
    if (!is_written(dataset.get(), chunk)) {  // zeros, any number out of a file of a few bytes
        fail("dataset '" + name +
             "': some of its values were never written; write all of them, or cut it to those "
             "there");
    }
    const std::size_t cache =
        std::clamp(2 * chunk_bytes(dataset.get(), chunk), least_cache, most_cache);
    check(H5Pset_chunk_cache(access.get(), 521, cache, H5D_CHUNK_CACHE_W0_DEFAULT),
          "set dataset properties");
    dataset.reset();
    return own(H5Dopen2(handle.get(), name.c_str(), access.get()), H5Dclose,
               "open dataset '" + name + "'");
}

void ForeignFile::refuse_other_files(hid_t dataset, const std::string& name) const {
    if (has_values_elsewhere(dataset)) {
        fail("dataset '" + name +
             "' has its values in other files, which are not read; copy them into one file (h5py: "
             "new[name] = old[name][()])");
    }
}

std::string ForeignFile::text_attribute(const std::string& object, const std::string& name) const {
    const auto value = read_attribute(open(object).get(), name);
    const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
    return text ? *text : "";
}

void ForeignFile::fail(const std::string& problem) const {
    throw InputError(path + ": " + problem);
}

}  // namespace lacathode::io::detail
