#include "lacathode/stats/multiple_tests.hpp"

#include <algorithm>
#include <limits>

namespace lacathode {

double combined_p_value(std::span<const double> p_values) {
    if (p_values.empty()) return std::numeric_limits<double>::quiet_NaN();
    return std::min(1.0, static_cast<double>(p_values.size()) * std::ranges::min(p_values));
}

}  // namespace lacathode
