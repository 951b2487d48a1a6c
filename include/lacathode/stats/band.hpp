// Median and central 68 % band over retrainings (docs/method.md, section 6).
#pragma once

#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

struct Band {
    std::vector<double> median;     ///< [G]
    std::vector<double> low, high;  ///< [G] 16 % and 84 % quantiles over the retrainings
};

/// `curves` [R, G], a row a retraining. NaN entries are left out; a grid point is NaN unless at
/// least half of the rows have a value there. Quantiles are linear between order statistics
/// (quantile_of_sorted).
Band band_over_retrainings(const Matrix<double>& curves);

}  // namespace lacathode
