// The null hypothesis of the sculpting test where events have weights: a random selection.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/random_selection.hpp"

namespace lacathode {

/// n of N events with weights w, in B bins of the mass (docs/method.md (6.9) to (6.11)). chi2 has
/// the mean B - 1 whatever the weights, signs and spectrum; its distribution is taken for gamma,
/// with the variance that the fourth powers of the weights give, which is chi2 with B - 1 degrees
/// of freedom where many events count. Where few do (as in RandomSelectionNull, of the events that
/// count), or one alone can move chi2 by half its standard deviation, p is that of 1999 simulated
/// selections.
class WeightedSelectionNull {
  public:
    /// `bin` [N], below `bins`, and `weight` [N] of the events before the selection. Throws
    /// InputError if there are fewer than 2 bins, or all weights of a bin are 0.
    WeightedSelectionNull(std::vector<std::uint32_t> bin, std::vector<float> weight,
                          std::size_t bins);

    /// Sum of the weights in each bin before the selection. [B]
    [[nodiscard]] const std::vector<double>& full() const noexcept { return sums_; }
    /// (6.9) / (B - 1) for the sums of the n selected weights `selected` [B]. NaN if none, 0 if
    /// all are selected.
    [[nodiscard]] double chi2_per_dof(std::span<const double> selected, std::int64_t n) const;
    /// Null of a selection of n events. All NaN if n is 0.
    [[nodiscard]] RandomSelectionNull::Summary summary(std::int64_t n) const;
    /// Probability of a value at least as large as `chi2_per_dof`, given n. NaN if n is 0, 1 if all
    /// events are selected. `stream` is used only where simulation is needed.
    [[nodiscard]] double p_value(double chi2_per_dof, std::int64_t n, RandomStream stream) const;
    /// True where p_value simulates.
    [[nodiscard]] bool needs_simulation(std::int64_t n) const;

  private:
    [[nodiscard]] double variance(std::int64_t n) const;
    [[nodiscard]] double events() const { return static_cast<double>(weight_.size()); }

    std::vector<std::uint32_t> bin_;
    std::vector<float> weight_;
    std::vector<double> sums_;     ///< [B] of w
    std::vector<double> squares_;  ///< [B] of w^2
    double norm_ = 0;              ///< sum over bins of (sum w)^2 / sum w^2
    double fourth_ = 0;            ///< F of (6.11)
    double effective_ = 0;         ///< events that count: (sum |w|)^2 / sum w^2
    double fewest_ = 0;            ///< the same of the bin where they are fewest
    double heaviest_ = 0;          ///< an event's largest part of its bin's sum of w^2
};

}  // namespace lacathode
