// What prepared events lack for a chain, before anything is trained.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// What the prepared events at `path` lack for the chain, one sentence each.
std::vector<std::string> events_lack(const ChainConfig& config, const std::string& path);

}  // namespace lacathode
