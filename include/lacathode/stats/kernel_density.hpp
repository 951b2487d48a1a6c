// Density of the resonant mass, from which CATHODE draws (docs/method.md (4.3)).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"

namespace lacathode {

/// Gaussian kernels on t = logit(u), u = (m - min) / (max - min); min and max are the fitted
/// masses' own, and events with u exactly 0 or 1 (at least the two extreme ones) are left out and
/// counted. float64.
class MassDensity {
  public:
    /// `masses` [N], any unit. `bandwidth` is the kernel's standard deviation in t. `weights` [N],
    /// 0 or more, or empty: one each; equal ones are as none. Throws InputError if a mass is not
    /// finite, a weight is negative, or no event of a weight above 0 lies strictly between min and
    /// max; UsageError unless bandwidth is finite and positive.
    static MassDensity fit(std::span<const double> masses, double bandwidth = 0.01,
                           std::span<const float> weights = {});

    /// Probability density at m, in 1 / unit of m; 0 outside (min, max).
    [[nodiscard]] double density(double mass) const;
    /// `count` draws, every one strictly inside (min, max).
    [[nodiscard]] std::vector<double> sample(std::size_t count, RandomStream stream) const;

    [[nodiscard]] double min() const noexcept { return min_; }
    [[nodiscard]] double max() const noexcept { return max_; }
    /// Fitted events left out because u was exactly 0 or 1.
    [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

  private:
    MassDensity() = default;
    [[nodiscard]] double weight_of(std::size_t kernel) const;
    [[nodiscard]] double total_weight() const;
    [[nodiscard]] std::size_t draw_kernel(RandomStream& stream) const;

    double min_ = 0, max_ = 1, bandwidth_ = 0.01;
    std::size_t dropped_ = 0;
    std::vector<double> logits_;      // sorted
    std::vector<double> cumulative_;  // sums of their weights up to each; empty: one each
};

}  // namespace lacathode
