#include "ml/trees/split.hpp"

namespace lacathode::ml::trees {
namespace {

/// A gain below this fraction of what it is a difference of is rounding.
constexpr double smallest_relative_gain = 1e-12;

// Twice what the loss falls by if these events get a leaf of their own, to second order.
double score(const Sums& sums, const FixedPoint& scale, double l2) {
    const double gradient = scale.gradient(sums);
    return gradient * gradient / (scale.hessian(sums) + l2);
}

}  // namespace

Split best_split(std::span<const Sums> histogram, const Sums& total, std::size_t feature,
                 const FixedPoint& scale, const SplitRules& rules) {
    const double parent = score(total, scale, rules.l2);
    Split best;
    Sums left;
    for (std::size_t bin = 0; bin + 1 < histogram.size(); ++bin) {
        left += histogram[bin];
        if (scale.events(left) < rules.minimum_events) continue;
        const Sums right = total - left;
        if (scale.events(right) < rules.minimum_events) break;
        if (scale.hessian(left) < minimum_hessian) continue;
        if (scale.hessian(right) < minimum_hessian) break;
        const double children = score(left, scale, rules.l2) + score(right, scale, rules.l2);
        const double gain = children - parent;
        if (gain > best.gain && gain > smallest_relative_gain * children) {
            best = {gain, feature, static_cast<std::uint8_t>(bin), left, right};
        }
    }
    return best;
}

}  // namespace lacathode::ml::trees
