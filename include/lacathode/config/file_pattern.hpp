// Patterns of files, as settings name them.
#pragma once

#include <string>

namespace lacathode {

/// The pattern that means this path alone, also before there is such a file.
std::string pattern_of(const std::string& path);

}  // namespace lacathode
