// Folders for outputs, and what is there already.
#pragma once

#include <string>

namespace lacathode {

/// With those above it. Throws OutputError.
void make_directories(const std::string& path);

/// Whether there is such an output. Throws OutputError if that cannot be seen.
bool is_there(const std::string& path);

}  // namespace lacathode
