// The seal in the first 512 bytes of our files: what a file is checked by before libhdf5 sees it.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

namespace lacathode::io::detail {

/// Length of the seal, an HDF5 user block of the smallest size.
inline constexpr std::size_t seal_bytes = 512;

/// The seal (docs/formats.md) of a file, from the bytes behind it: reads the stream to its end. The
/// stream's bad() tells whether that failed.
std::string make_seal(std::istream& file);

enum class SealState {
    whole,    ///< a file of ours, as it was written
    absent,   ///< HDF5 from its first byte on: made by others, or before there were seals
    broken,   ///< sealed, but not as it was written; or something else before the HDF5 part
    no_hdf5,  ///< neither sealed nor HDF5
};

struct SealCheck {
    SealState state;
    std::string problem;  ///< if broken: what is wrong, without the file's name
};

/// Whether the file begins as a sealed one does, whole or damaged. Throws CannotOpen if it cannot
/// be read.
bool begins_with_seal(const std::string& path);

/// Reads the whole file if it is sealed, else its first bytes. libhdf5 is not used. Throws
/// CannotOpen if it cannot be read.
SealCheck check_seal(const std::string& path);

}  // namespace lacathode::io::detail
