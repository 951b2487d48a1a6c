// What must hold of any input before a library is let at it.
#pragma once

#include <string>

#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {

/// Not what the file holds but the moment forbids to read it: a lock, or too many open files.
struct CannotOpen : InputError {
    using InputError::InputError;
};

/// Throws InputError unless `path` is a readable, regular file that is not empty.
void check_readable_file(const std::string& path);

/// The file has the signature of HDF5.
bool looks_like_hdf5(const std::string& path);

}  // namespace lacathode::io::detail
