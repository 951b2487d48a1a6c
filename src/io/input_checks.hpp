// What must hold of any input before a library is let at it.
#pragma once

#include <string>

#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {

/// Not what the file holds forbids to read it: a lock, its permissions, a disk that fails, or too
/// many open files. It says nothing of whose file it is, or whether it is damaged.
struct CannotOpen : InputError {
    using InputError::InputError;
};

/// Throws InputError unless `path` is a readable, regular file that is not empty; CannotOpen if it
/// cannot be looked at or read.
void check_readable_file(const std::string& path);

/// The file has the signature of HDF5.
bool looks_like_hdf5(const std::string& path);

}  // namespace lacathode::io::detail
