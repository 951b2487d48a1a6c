// Median and central 68 % band over retrainings (METHOD, section 6).
#pragma once

#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

struct Band {
    std::vector<double> median;     ///< [G]
    std::vector<double> low, high;  ///< [G] 16 % and 84 % quantiles over the runs
};

/// `runs` [R, G]. NaN entries are left out; a grid point is NaN unless at least half of the runs
/// have a value there. Quantiles are linear between order statistics (quantile_of_sorted).
Band band_over_runs(const Matrix<double>& runs);

}  // namespace lacathode
