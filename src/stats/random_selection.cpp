#include "lacathode/stats/random_selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "stats/selection_sampler.hpp"
#include "stats/selection_simulation.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Moments {
    double mean, variance;
};

// n^(k) / N^(k), falling factorials.
long double falling_ratio(std::int64_t n, std::int64_t events, int k) {
    long double ratio = 1;
    for (int i = 0; i < k && ratio != 0; ++i) {
        ratio *= static_cast<long double>(n - i) / static_cast<long double>(events - i);
    }
    return ratio;
}

// Mean and variance of Q = sum_i S_i^2 / N_i, from E[S_i^(a) S_j^(b)] = N_i^(a) N_j^(b) f_(a+b),
// S^2 = S^(2) + S and S^4 = S^(4) + 6 S^(3) + 7 S^(2) + S. long double: the variance is the small
// difference of two large numbers.
Moments moments_of_sum(const std::vector<std::int64_t>& contents, std::int64_t events,
                       std::int64_t n) {
    const long double f1 = falling_ratio(n, events, 1);
    const long double f2 = falling_ratio(n, events, 2);
    const long double f3 = falling_ratio(n, events, 3);
    const long double f4 = falling_ratio(n, events, 4);
    const auto bins = static_cast<long double>(contents.size());
    long double others = 0;          // sum of N_i - 1
    long double others_squared = 0;  // sum of (N_i - 1)^2
    long double diagonal = 0;        // sum of E[S_i^4] / N_i^2
    for (const std::int64_t content : contents) {
        const auto full = static_cast<long double>(content);
        const long double a = full - 1;
        others += a;
        others_squared += a * a;
        diagonal +=
            (a * (full - 2) * (full - 3) * f4 + 6 * a * (full - 2) * f3 + 7 * a * f2 + f1) / full;
    }
    const long double pairs = (others * others - others_squared) * f4 +
                              2 * (bins - 1) * others * f3 + bins * (bins - 1) * f2;
    const long double mean = others * f2 + bins * f1;
    return {static_cast<double>(mean), static_cast<double>(diagonal + pairs - mean * mean)};
}

}  // namespace

RandomSelectionNull::RandomSelectionNull(std::vector<std::int64_t> bin_contents)
    : contents_(std::move(bin_contents)) {
    if (contents_.size() < 2) throw InputError("a test of sculpting needs at least 2 bins");
    smallest_ = *std::ranges::min_element(contents_);
    if (smallest_ <= 0) {
        throw InputError(concat("a bin of the mass histogram holds ", smallest_,
                                " events before the selection: use fewer bins"));
    }
    for (const std::int64_t content : contents_) events_ += content;
}

double RandomSelectionNull::chi2_per_dof(const std::vector<std::int64_t>& selected,
                                         double efficiency) const {
    expects(selected.size() == contents_.size(), "both histograms have the same bins");
    std::int64_t n = 0;
    for (const std::int64_t count : selected) n += count;
    if (n == 0) return nan;
    const auto kept = static_cast<double>(n);
    const auto events = static_cast<double>(events_);
    double sum = 0;
    for (std::size_t i = 0; i < selected.size(); ++i) {
        const double expected = kept * static_cast<double>(contents_[i]) / events;
        const double excess = static_cast<double>(selected[i]) - expected;
        sum += excess * excess / expected;
    }
    return sum * efficiency * events / kept / static_cast<double>(contents_.size() - 1);
}

RandomSelectionNull::Summary RandomSelectionNull::summary(std::int64_t n, double efficiency) const {
    expects(0 <= n && n <= events_, "between none and all events are selected");
    if (n == 0) return {nan, nan, nan, nan};
    if (n == events_) return {0, 0, 0, 0};
    const auto [mean, variance] = moments_of_sum(contents_, events_, n);
    const auto kept = static_cast<double>(n);
    const auto events = static_cast<double>(events_);
    const double scale = efficiency * events / kept / static_cast<double>(contents_.size() - 1);
    Summary result{};
    result.mean =
        scale * static_cast<double>(contents_.size() - 1) * (events - kept) / (events - 1);
    result.variance = variance * (events / kept * scale) * (events / kept * scale);
    // One event and equal bins, say: every selection gives the same value, up to rounding.
    if (!(result.variance > 1e-12 * result.mean * result.mean)) {
        result.variance = 0;
        result.low = result.high = result.mean;
        return result;
    }
    const double shape = result.mean * result.mean / result.variance;
    result.low = gamma_quantile(0.16, shape, result.variance / result.mean);
    result.high = gamma_quantile(0.84, shape, result.variance / result.mean);
    return result;
}

bool RandomSelectionNull::needs_simulation(std::int64_t n) const noexcept {
    const auto fewer = static_cast<double>(std::min(n, events_ - n));
    const double expectation =
        fewer * static_cast<double>(smallest_) / static_cast<double>(events_);
    return stats::detail::is_too_coarse(expectation, fewer, contents_.size());
}

std::vector<double> RandomSelectionNull::simulate(std::int64_t n, double efficiency,
                                                  std::size_t repetitions,
                                                  RandomStream stream) const {
    stats::detail::SelectionSampler sampler(contents_, stream);
    std::vector<double> result(repetitions);
    for (double& value : result) {
        check_interrupt();
        value = chi2_per_dof(sampler.draw(n), efficiency);
    }
    return result;
}

double RandomSelectionNull::p_value(double chi2_per_dof, std::int64_t n, double efficiency,
                                    RandomStream stream) const {
    expects(0 <= n && n <= events_, "between none and all events are selected");
    if (n == 0) return nan;
    if (n == events_) return 1;
    if (!needs_simulation(n)) {
        const auto [mean, variance, low, high] = summary(n, efficiency);
        return gamma_survival(chi2_per_dof, mean * mean / variance, variance / mean);
    }
    // Equal histograms may give values that differ by rounding.
    const double reached = chi2_per_dof * (1 - 1e-12);
    const std::vector<double> simulated =
        simulate(n, efficiency, stats::detail::simulations, stream);
    const auto larger = std::ranges::count_if(simulated, [&](double v) { return v >= reached; });
    return static_cast<double>(larger + 1) / static_cast<double>(stats::detail::simulations + 1);
}

}  // namespace lacathode
