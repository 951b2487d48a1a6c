// Are latent coordinates standard normal? (Kolmogorov-Smirnov)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"

namespace lacathode {

/// Each column of z [N, D] against N(0, 1), over the rows with mapped != 0 (`mapped` empty: all).
/// Throws InputError if no row is left or a tested value is NaN.
std::vector<KolmogorovSmirnov> gaussianity(const Matrix<float>& z,
                                           std::span<const std::uint8_t> mapped = {});

}  // namespace lacathode
