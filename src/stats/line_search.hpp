// Where a function of one number changes its sign, or is largest.
#pragma once

#include <functional>

namespace lacathode::stats::detail {

enum class Trend { rising, falling };

/// Where a monotonic function changes its sign between `low` and `high`, to a relative 1e-10. It is
/// not asked for its values at the ends.
double root_between(double low, double high, Trend trend,
                    const std::function<double(double)>& value);

/// The first of start + step, start + 3 step, start + 7 step, ... beyond which `is_beyond` holds.
double first_beyond(double start, double step, const std::function<bool(double)>& is_beyond);

/// The largest value of a function with one maximum between `low` and `high`, which need not be
/// ordered, by the golden section; the place is good to 1e-4 of the distance, the value to its
/// square.
double maximum_between(double low, double high, const std::function<double(double)>& value);

}  // namespace lacathode::stats::detail
