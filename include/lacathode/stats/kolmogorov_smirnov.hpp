// Kolmogorov-Smirnov's test against a distribution that is known in full.
#pragma once

#include <cstddef>
#include <vector>

namespace lacathode {

struct KolmogorovSmirnov {
    double distance;     ///< largest distance of the empirical distribution function (10.1)
    double p_value;      ///< asymptotic with Stephens' correction; from 20 values on good to
                         ///< 1.3 % for p of 0.6 to 10 %, else to 5 %
    std::size_t events;  ///< values tested
};

/// Test of `probabilities` [N] against the uniform distribution on [0, 1]. Throws InputError if N
/// is 0 or a value lies outside [0, 1] or is NaN.
KolmogorovSmirnov kolmogorov_smirnov_uniform(std::vector<double> probabilities);

}  // namespace lacathode
