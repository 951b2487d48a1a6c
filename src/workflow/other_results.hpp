// Results of other settings that lie in the directory of a chain.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lacathode/workflow/run_config.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// Below `directory`: evaluations, searches and scores in the folders of methods that none of the
/// steps makes ("cathode/hunt_01.h5"), and folders of folds that the chain has not ("fold_2").
std::vector<std::string> other_results(const RunConfig& config, std::span<const Step> steps,
                                       const std::string& directory);

/// Warns of them, as pictures and reports show all that is there.
void warn_of_other_results(const RunConfig& config, std::span<const Step> steps,
                           const std::string& directory);

}  // namespace lacathode
