#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/sic.hpp"

namespace lacathode {

std::vector<double> background_efficiency_grid(std::size_t points, double lowest) {
    if (points < 2) throw UsageError(concat("efficiency grid of ", points, " points: at least 2"));
    if (!(0 < lowest && lowest < 1)) {
        throw UsageError(concat("lowest background efficiency ", lowest, " must be in (0, 1)"));
    }
    std::vector<double> grid(points);
    const double decades = std::log10(lowest);
    for (std::size_t i = 0; i < points; ++i) {
        const double left = static_cast<double>(points - 1 - i) / static_cast<double>(points - 1);
        grid[i] = std::pow(10.0, decades * left);
    }
    return grid;
}

std::vector<double> signal_efficiency_grid(std::size_t points) {
    if (points == 0) throw UsageError("efficiency grid of 0 points: at least 1");
    std::vector<double> grid(points);
    for (std::size_t i = 0; i < points; ++i) {
        grid[i] = static_cast<double>(i + 1) / static_cast<double>(points);
    }
    return grid;
}

}  // namespace lacathode
