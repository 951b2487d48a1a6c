#include "io/hdf5_properties.hpp"

#include "io/file_seal.hpp"
#include "io/hdf5_types.hpp"

namespace lacathode::io::detail {

Handle access_properties() {
    Handle access = own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "set file properties");
    check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
          "set file properties");
    return access;
}

Handle creation_properties() {
    Handle creation = own(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "set file properties");
    check(H5Pset_obj_track_times(creation.get(), false), "set file properties");
    check(H5Pset_userblock(creation.get(), seal_bytes), "set file properties");
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

}  // namespace lacathode::io::detail
