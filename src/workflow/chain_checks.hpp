// What can be known to fail before anything is trained.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// What the methods miss in the settings: events set aside for them.
std::vector<std::string> methods_miss(const ChainConfig& config);

/// What the settings lack for the trainings that are repeated and combined to be possible, and of
/// use.
std::vector<std::string> members_miss(const ChainConfig& config);

/// What the methods and settings lack for folds.
std::vector<std::string> folds_miss(const ChainConfig& config);

/// What the cuts and the range of the fits lack for a hunt.
std::vector<std::string> hunt_misses(const ChainConfig& config);

/// What the methods and evaluations lack for pseudo-data, whose truth nobody knows.
std::vector<std::string> pseudo_data_miss(const ChainConfig& config);

/// What the prepared events at `path` lack for the chain, one sentence each.
std::vector<std::string> events_lack(const ChainConfig& config, const std::string& path);

}  // namespace lacathode
