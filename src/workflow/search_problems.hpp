// What a chain's settings lack for a hunt, and for pseudo-data to hunt in.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// What the cuts and the range of the fits lack for a hunt, a sentence each.
std::vector<std::string> hunt_misses(const ChainConfig& config);

/// What the methods and evaluations lack for pseudo-data, whose truth nobody knows.
std::vector<std::string> pseudo_data_miss(const ChainConfig& config);

}  // namespace lacathode
