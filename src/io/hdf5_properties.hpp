// How our own files are made: equal content gives equal bytes.
#pragma once

#include "io/hdf5.hpp"
#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

/// Version 3 of the file's own structures: all of them carry checksums.
Handle access_properties();

/// With room for the seal, and without the time at which the root group was made.
Handle creation_properties();

/// Without times as well; stored in chunks of `chunk_rows` rows unless that is 0.
Handle dataset_properties(const Shape& shape, std::size_t chunk_rows);

}  // namespace lacathode::io::detail
