#include "lacathode/stats/band.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/stats/quantile.hpp"

namespace lacathode {

Band band_over_retrainings(const Matrix<double>& curves) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> missing(curves.cols(), nan);
    Band band{missing, missing, missing};
    std::vector<double> present;
    for (std::size_t point = 0; point < curves.cols(); ++point) {
        present.clear();
        for (std::size_t row = 0; row < curves.rows(); ++row) {
            if (!std::isnan(curves(row, point))) present.push_back(curves(row, point));
        }
        if (present.empty() || 2 * present.size() < curves.rows()) continue;
        std::ranges::sort(present);
        band.median[point] = quantile_of_sorted(present, 0.5);
        band.low[point] = quantile_of_sorted(present, 0.16);
        band.high[point] = quantile_of_sorted(present, 0.84);
    }
    return band;
}

}  // namespace lacathode
