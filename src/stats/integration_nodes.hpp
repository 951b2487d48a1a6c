// The integral over a cell of a mass spectrum as a sum.
#pragma once

#include <vector>

#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode::stats::detail {

/// Gauss and Legendre's four points on pieces of at most a tenth of m, of each cell. [C]
std::vector<std::vector<MassNode>> integration_nodes(const std::vector<MassCell>& cells);

}  // namespace lacathode::stats::detail
