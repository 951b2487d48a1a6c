#include "lacathode/stats/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lacathode/core/errors.hpp"

namespace lacathode {

double quantile_of_sorted(std::span<const double> sorted, double q) {
    expects(!sorted.empty(), "a quantile needs at least one value");
    expects(0 <= q && q <= 1, "a quantile lies between 0 and 1");
    const double position = q * static_cast<double>(sorted.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(position), sorted.size() - 1);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace lacathode
