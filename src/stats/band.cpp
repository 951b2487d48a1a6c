#include "lacathode/stats/band.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/stats/quantile.hpp"

namespace lacathode {

Band band_over_runs(const Matrix<double>& runs) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> missing(runs.cols(), nan);
    Band band{missing, missing, missing};
    std::vector<double> present;
    for (std::size_t point = 0; point < runs.cols(); ++point) {
        present.clear();
        for (std::size_t run = 0; run < runs.rows(); ++run) {
            if (!std::isnan(runs(run, point))) present.push_back(runs(run, point));
        }
        if (present.empty() || 2 * present.size() < runs.rows()) continue;
        std::ranges::sort(present);
        band.median[point] = quantile_of_sorted(present, 0.5);
        band.low[point] = quantile_of_sorted(present, 0.16);
        band.high[point] = quantile_of_sorted(present, 0.84);
    }
    return band;
}

}  // namespace lacathode
