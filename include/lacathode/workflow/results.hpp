// The numbers of a finished chain, side by side.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// The headline numbers of every method that `run` evaluates, from its metrics files in
/// `directory`. Metrics that are there but are no part of the run are not read.
std::vector<std::pair<std::string, Summary>> read_results(const std::string& directory,
                                                          const RunConfig& run);

/// A table with one row a quantity and one column a method.
std::string results_table(const std::vector<std::pair<std::string, Summary>>& results);

}  // namespace lacathode
