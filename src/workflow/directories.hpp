// Folders for outputs.
#pragma once

#include <string>

namespace lacathode {

/// With those above it. Throws OutputError.
void make_directories(const std::string& path);

}  // namespace lacathode
