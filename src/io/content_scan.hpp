// The content hash of an open file, read from beginning to end.
#pragma once

#include <string>

#include "io/hdf5.hpp"

namespace lacathode::io::detail {

/// Throws Hdf5Error if something cannot be read.
std::string scan_content(hid_t file);

}  // namespace lacathode::io::detail
