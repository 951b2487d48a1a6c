// What many searches of pseudo-data say of one (docs/method.md, section 11).
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// How z of a search comes out where there is nothing: mean 0 and width 1 if it is right.
struct NullDistribution {
    std::size_t toys = 0;    ///< that it is made of
    std::size_t failed = 0;  ///< further ones, without a z as a fit did not converge
    double mean = 0, mean_error = 0;
    double width = 0, width_error = 0;  ///< standard deviation (unbiased variance)
    double uniformity = 0;              ///< p-value of Kolmogorov and Smirnov that p are uniform
};
/// `z` and `p_value` [T] of independent toys, T at least 1, z NaN of one that failed; with nothing
/// but those all is NaN, and of one toy the width and both errors. Throws InputError for a p that
/// is none.
NullDistribution null_distribution(const std::vector<double>& z,
                                   const std::vector<double>& p_value);

/// p of the largest z among several regions.
struct GlobalSignificance {
    std::size_t above = 0;  ///< toys whose largest z is as large, or of which a region failed
    std::size_t toys = 0;
    double p_value = 1;        ///< (11.7)
    double low = 0, high = 1;  ///< 68 % of the probability that k of n toys estimate
    double by_crossings = 1;   ///< (11.8)
};
/// `z` the largest of the data; `toys` [T, W] of W regions in the order of the mass, NaN where a
/// fit did not converge: there up-crossings are those between its neighbours; T at least 1.
GlobalSignificance global_significance(double z, const Matrix<double>& toys);

}  // namespace lacathode
