#include "lacathode/stats/weighted_selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "stats/selection_simulation.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

WeightedSelectionNull::WeightedSelectionNull(std::vector<std::uint32_t> bin,
                                             std::vector<float> weight, std::size_t bins)
    : bin_(std::move(bin)), weight_(std::move(weight)), sums_(bins, 0), squares_(bins, 0) {
    expects(bin_.size() == weight_.size(), "a weight an event");
    if (bins < 2) throw InputError("a test of sculpting needs at least 2 bins");
    std::vector<double> sizes(bins, 0);
    std::vector<double> fourths(bins, 0);
    std::vector<double> largest(bins, 0);
    for (std::size_t i = 0; i < bin_.size(); ++i) {
        const double w = weight_[i];
        sums_[bin_[i]] += w;
        squares_[bin_[i]] += w * w;
        sizes[bin_[i]] += std::abs(w);
        fourths[bin_[i]] += w * w * w * w;
        largest[bin_[i]] = std::max(largest[bin_[i]], w * w);
    }
    fewest_ = std::numeric_limits<double>::infinity();
    for (std::size_t b = 0; b < bins; ++b) {
        if (!(squares_[b] > 0)) {
            throw InputError(concat("bin ", b,
                                    " of the mass histogram holds no weight before the "
                                    "selection: use fewer bins"));
        }
        norm_ += sums_[b] * sums_[b] / squares_[b];
        fewest_ = std::min(fewest_, sizes[b] * sizes[b] / squares_[b]);
        heaviest_ = std::max(heaviest_, largest[b] / squares_[b]);
    }
    for (std::size_t b = 0; b < bins; ++b) {
        // What is left of a bin's direction when the fitted fraction is taken out.
        const double left = norm_ > 0 ? 1 - sums_[b] * sums_[b] / squares_[b] / norm_ : 1;
        fourth_ += left * left * fourths[b] / (squares_[b] * squares_[b]);
    }
    const double size = std::reduce(sizes.begin(), sizes.end());
    effective_ = size * size / std::reduce(squares_.begin(), squares_.end());
}

double WeightedSelectionNull::chi2_per_dof(std::span<const double> selected, std::int64_t n) const {
    expects(selected.size() == sums_.size(), "both histograms have the same bins");
    const double fraction = static_cast<double>(n) / events();
    if (n == 0) return nan;
    if (fraction == 1) return 0;
    // The fraction that fits best, (6.10): whatever it is, it says nothing of the shape.
    double cross = 0;
    for (std::size_t b = 0; b < sums_.size(); ++b) cross += selected[b] * sums_[b] / squares_[b];
    const double fitted = norm_ > 0 ? cross / norm_ : 0;
    double chi2 = 0;
    for (std::size_t b = 0; b < sums_.size(); ++b) {
        const double distance = selected[b] - fitted * sums_[b];
        chi2 += distance * distance / squares_[b];
    }
    return chi2 / (fraction * (1 - fraction)) / static_cast<double>(sums_.size() - 1);
}

// (6.11)
double WeightedSelectionNull::variance(std::int64_t n) const {
    const double fraction = static_cast<double>(n) / events();
    const double spread = fraction * (1 - fraction);
    const auto dof = static_cast<double>(sums_.size() - 1);
    return 2 * dof + fourth_ * (1 - 6 * spread) / spread -
           dof * dof * (1 - 4 * spread) / (spread * events());
}

RandomSelectionNull::Summary WeightedSelectionNull::summary(std::int64_t n) const {
    if (n == 0) return {nan, nan, nan, nan};
    if (n == static_cast<std::int64_t>(weight_.size())) return {0, 0, 0, 0};
    const auto dof = static_cast<double>(sums_.size() - 1);
    const double scaled = variance(n) / (dof * dof);
    return {.mean = 1,
            .variance = scaled,
            .low = gamma_quantile(0.16, 1 / scaled, scaled),
            .high = gamma_quantile(0.84, 1 / scaled, scaled)};
}

bool WeightedSelectionNull::needs_simulation(std::int64_t n) const {
    const double fraction = static_cast<double>(n) / events();
    const double fewer = std::min(fraction, 1 - fraction);
    // One event adds up to heaviest_ / fewer to chi2, which a gamma distribution does not know.
    const double deviation = std::sqrt(2 * static_cast<double>(sums_.size() - 1));
    return heaviest_ / fewer > 0.5 * deviation ||
           stats::detail::is_too_coarse(fewer * fewest_, fewer * effective_, sums_.size());
}

double WeightedSelectionNull::p_value(double chi2_per_dof, std::int64_t n,
                                      RandomStream stream) const {
    expects(0 <= n && n <= static_cast<std::int64_t>(weight_.size()),
            "between none and all events are selected");
    if (n == 0) return nan;
    if (n == static_cast<std::int64_t>(weight_.size())) return 1;
    if (!needs_simulation(n)) {
        const double scaled = summary(n).variance;
        return gamma_survival(chi2_per_dof, 1 / scaled, scaled);
    }
    std::vector<std::size_t> order(weight_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const double reached = chi2_per_dof * (1 - 1e-12);  // equal ones may differ by rounding
    std::int64_t larger = 0;
    for (std::size_t i = 0; i < stats::detail::simulations; ++i) {
        check_interrupt();
        std::vector<double> selected(sums_.size(), 0);
        for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
            std::swap(order[k], order[k + stream.below(order.size() - k)]);
            selected[bin_[order[k]]] += double{weight_[order[k]]};
        }
        larger += this->chi2_per_dof(selected, n) >= reached ? 1 : 0;
    }
    return static_cast<double>(larger + 1) / static_cast<double>(stats::detail::simulations + 1);
}

}  // namespace lacathode
