// Files in the scratch directory.
#pragma once

#include <string>

namespace lacathode::io::detail {

/// The path in the scratch directory, of which there must be one, that stands for `target`: the
/// same whenever this user writes it on this machine, so that the next writer of it finds what a
/// killed one left, and no other file's. Throws OutputError.
std::string scratch_path(const std::string& target);

}  // namespace lacathode::io::detail
