// The best way to divide a leaf's events in two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ml/trees/fixed_point.hpp"

namespace lacathode::ml::trees {

constexpr std::size_t histogram_bins = 256;

/// Smallest sum of hessians in a leaf: below it, eq. (4) is a guess.
constexpr double minimum_hessian = 1e-3;

/// Events whose bin of `feature` is at most `bin` go left.
struct Split {
    double gain = 0;  ///< eq. (3); 0: no split is possible
    std::size_t feature = 0;
    std::uint8_t bin = 0;
    Sums left;
    Sums right;
};

struct SplitRules {
    double l2;
    std::size_t minimum_events;
};

/// The best split between the bins of one feature. Of equal gains the lowest bin.
/// `histogram`: sums of each bin that the feature has; `total`: over all of them.
Split best_split(std::span<const Sums> histogram, const Sums& total, std::size_t feature,
                 const FixedPoint& scale, const SplitRules& rules);

}  // namespace lacathode::ml::trees
