// The numbers of a finished chain, side by side.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/metrics/quantity.hpp"
#include "lacathode/workflow/run_config.hpp"

namespace lacathode {

struct MethodResults {
    std::string method;
    std::vector<Quantity> quantities;
};

/// The headline numbers of every method that `run` evaluates, from its metrics files in
/// `directory`. Metrics that are there but are no part of the run are not read.
std::vector<MethodResults> read_results(const std::string& directory, const RunConfig& run);

/// The headline numbers of the flows' checks, under "flow_00" and so on.
std::vector<MethodResults> read_flow_checks(const std::string& directory, const RunConfig& run);

/// A table with one row a quantity and one column a method.
std::string results_table(const std::vector<MethodResults>& results);

}  // namespace lacathode
