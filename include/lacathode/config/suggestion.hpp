// What a person may have meant by an unknown name.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

/// "did you mean 'epochs'?" for a known name at most three edits away, else all known names.
std::string suggestion(const std::string& name, const std::vector<std::string>& known);

}  // namespace lacathode
