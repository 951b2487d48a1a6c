// Every step of a chain, before any of them runs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// check_execution where something is computed.
using CheckMachine = void (*)(const Execution&);

/// Where a step's output lies instead of where the chain would have it.
using Place = std::function<std::string(const Step&)>;

struct ChainPlan {
    /// In the order in which they depend on one another, each output once.
    std::vector<Step> steps;
    /// From each file of the chain's directory to the one that stands for it: itself, unless a
    /// Place has another.
    std::map<std::string, std::string> files;
};

/// `place`: empty, or where outputs lie; it is asked once for each, after those that the step
/// reads.
ChainPlan plan_chain(const ChainConfig& config, const StageContext& context,
                     const std::string& directory, const Place& place = {});

}  // namespace lacathode
