// Every step of a chain, before any of them runs.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"
#include "workflow/chain_steps.hpp"

namespace lacathode {

/// The steps in the order in which they depend on one another, each output once. The first is
/// prepare.
std::vector<Step> plan_chain(const ChainConfig& config, const StageContext& context,
                             const std::string& directory);

}  // namespace lacathode
