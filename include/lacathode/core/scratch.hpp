// A directory on a disk of this machine for files that are being written.
#pragma once

#include <string>

namespace lacathode {

/// From now on every OutputFile of this process is written there and copied, in one piece, beside
/// its name when it is complete: a network file system then sees no small writes. Empty, as in the
/// beginning: beside its name from the first byte on. Throws OutputError unless it is a directory
/// that can be written.
void set_scratch_directory(const std::string& directory);
const std::string& scratch_directory() noexcept;

}  // namespace lacathode
