// Are latent coordinates standard normal? (Kolmogorov-Smirnov)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

struct KolmogorovSmirnov {
    double statistic;    ///< largest distance of the empirical distribution function
    double p_value;      ///< asymptotic with Stephens' correction; good to 1 % from 20 values on
    std::size_t events;  ///< values tested
};

/// Test of `probabilities` [N] against the uniform distribution on [0, 1]. Throws InputError if N
/// is 0 or a value lies outside [0, 1] or is NaN.
KolmogorovSmirnov kolmogorov_smirnov_uniform(std::vector<double> probabilities);

/// Each column of z [N, D] against N(0, 1), over the rows with mapped != 0 (`mapped` empty: all).
/// Throws InputError if no row is left or a tested value is NaN.
std::vector<KolmogorovSmirnov> gaussianity(const Matrix<float>& z,
                                           std::span<const std::uint8_t> mapped = {});

}  // namespace lacathode
