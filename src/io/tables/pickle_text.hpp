// Just enough of Python's pickle, protocol 0, to read the lists of names that pandas stores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lacathode::io::detail {

/// All texts (V and S opcodes) of a pickled list, in order; empty if it is not protocol 0. Nothing
/// is executed.
std::vector<std::string> pickled_texts(std::string_view pickle);

}  // namespace lacathode::io::detail
