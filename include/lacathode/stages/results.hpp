// The numbers of a finished chain, side by side.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/config/json.hpp"

namespace lacathode {

/// Per method in `directory`, from its metrics files: max median SIC, SIC at eps_B = 1e-2 and 1e-3,
/// chi2/ndof and p-value (medians over the runs) at the efficiencies nearest to 1 % and 19 %.
/// Absent metrics are left out.
std::vector<std::pair<std::string, Summary>> read_results(const std::string& directory,
                                                          const std::vector<std::string>& methods);

/// A table with one row a quantity and one column a method.
std::string results_table(const std::vector<std::pair<std::string, Summary>>& results);

}  // namespace lacathode
