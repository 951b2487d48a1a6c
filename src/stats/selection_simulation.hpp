// When a null of selections has to be simulated, and how often.
#pragma once

#include <cmath>
#include <cstddef>

#include "lacathode/stats/random_selection.hpp"

namespace lacathode::stats::detail {

inline constexpr std::size_t simulations = 1999;
static_assert(RandomSelectionNull::smallest_simulated_p == 1.0 / (simulations + 1));

/// Whether chi2 of `bins` bins is too coarse for a continuous distribution: `expectation` events in
/// the emptiest, `fewer` the smaller of the numbers selected and left. Half a step of the discrete
/// statistic, 2 B / n for equal bins, is 0.28 sqrt(B) / n in p.
inline bool is_too_coarse(double expectation, double fewer, std::size_t bins) {
    const auto b = static_cast<double>(bins);
    return expectation < 5 || fewer < 60 * std::sqrt(b) || (bins < 20 && fewer < 2000);
}

}  // namespace lacathode::stats::detail
