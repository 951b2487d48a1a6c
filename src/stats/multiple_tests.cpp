#include "lacathode/stats/multiple_tests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lacathode {

double combined_p_value(std::span<const double> p_values) {
    const bool has_none = std::ranges::any_of(p_values, [](double p) { return std::isnan(p); });
    if (p_values.empty() || has_none) return std::numeric_limits<double>::quiet_NaN();
    return std::min(1.0, static_cast<double>(p_values.size()) * std::ranges::min(p_values));
}

}  // namespace lacathode
