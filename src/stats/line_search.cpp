#include "stats/line_search.hpp"

#include <algorithm>
#include <cmath>

namespace lacathode::stats::detail {

double root_between(double low, double high, Trend trend,
                    const std::function<double(double)>& value) {
    constexpr int halvings = 200;
    for (int i = 0; i < halvings; ++i) {
        const double middle = 0.5 * (low + high);
        ((value(middle) < 0) == (trend == Trend::rising) ? low : high) = middle;
        if (high - low < 1e-10 * (std::abs(low) + std::abs(high))) break;
    }
    return 0.5 * (low + high);
}

double first_beyond(double start, double step, const std::function<bool(double)>& is_beyond) {
    constexpr int doublings = 100;
    double place = start + step;
    for (int i = 0; i < doublings && !is_beyond(place); ++i) place += (step *= 2);
    return place;
}

double maximum_between(double low, double high, const std::function<double(double)>& value) {
    constexpr double section = 0.6180339887498949;
    constexpr int steps = 20;
    const double at_start = value(low);
    double inner_low = high - section * (high - low);
    double inner_high = low + section * (high - low);
    double at_low = value(inner_low);
    double at_high = value(inner_high);
    for (int i = 0; i < steps; ++i) {
        if (at_low > at_high) {
            high = inner_high;
            inner_high = inner_low;
            at_high = at_low;
            inner_low = high - section * (high - low);
            at_low = value(inner_low);
        } else {
            low = inner_low;
            inner_low = inner_high;
            at_low = at_high;
            inner_high = low + section * (high - low);
            at_high = value(inner_high);
        }
    }
    return std::max({at_low, at_high, at_start});
}

}  // namespace lacathode::stats::detail
