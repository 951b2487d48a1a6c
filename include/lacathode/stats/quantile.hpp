// Quantiles of sorted values.
#pragma once

#include <span>

namespace lacathode {

/// Linear between order statistics: position q (N - 1), as numpy.quantile does by default.
/// `sorted` ascending, not empty; 0 <= q <= 1.
double quantile_of_sorted(std::span<const double> sorted, double q);

}  // namespace lacathode
