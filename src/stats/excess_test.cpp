#include "lacathode/stats/excess_test.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/stats/normal_distribution.hpp"
#include "lacathode/stats/poisson_distribution.hpp"

namespace lacathode {
namespace {

enum class Trend { rising, falling };

// Where a monotonic function changes its sign between `low` and `high`, to a relative 1e-10. It is
// not asked for its values at the ends.
double root_between(double low, double high, Trend trend,
                    const std::function<double(double)>& value) {
    constexpr int halvings = 200;
    for (int i = 0; i < halvings; ++i) {
        const double middle = 0.5 * (low + high);
        ((value(middle) < 0) == (trend == Trend::rising) ? low : high) = middle;
        if (high - low < 1e-10 * (std::abs(low) + std::abs(high))) break;
    }
    return 0.5 * (low + high);
}

// The first of start, start + step, start + 3 step, ... beyond which `is_beyond` holds.
double first_beyond(double start, double step, const std::function<bool(double)>& is_beyond) {
    constexpr int doublings = 100;
    double place = start + step;
    for (int i = 0; i < doublings && !is_beyond(place); ++i) place += (step *= 2);
    return place;
}

// The largest value of a function with one maximum between `low` and `high`, which need not be
// ordered, by the golden section; the place is good to 1e-4 of the distance, the value to its
// square.
double largest_between(double low, double high, const std::function<double(double)>& value) {
    constexpr double section = 0.6180339887498949;
    constexpr int steps = 20;
    const double at_start = value(low);
    double inner_low = high - section * (high - low);
    double inner_high = low + section * (high - low);
    double at_low = value(inner_low);
    double at_high = value(inner_high);
    for (int i = 0; i < steps; ++i) {
        if (at_low > at_high) {
            high = inner_high;
            inner_high = inner_low;
            at_high = at_low;
            inner_low = high - section * (high - low);
            at_low = value(inner_low);
        } else {
            low = inner_low;
            inner_low = inner_high;
            at_low = at_high;
            inner_high = low + section * (high - low);
            at_high = value(inner_high);
        }
    }
    return std::max({at_low, at_high, at_start});
}

// CLs of q-tilde, from its square root and that of the background's Asimov data set.
double cls(double root_q, double root_asimov) {
    if (root_q <= root_asimov)
        return normal_survival(root_q) / normal_survival(root_q - root_asimov);
    const double q = root_q * root_q;
    const double asimov = root_asimov * root_asimov;
    return normal_survival((q + asimov) / (2 * root_asimov)) /
           normal_survival((q - asimov) / (2 * root_asimov));
}

std::vector<double> drawn(std::span<const double> expected, RandomStream stream) {
    std::vector<double> counts(expected.size());
    std::ranges::transform(expected, counts.begin(), [&stream](double mean) {
        return static_cast<double>(poisson(mean, stream));
    });
    return counts;
}

// `is_above` of each toy's counts.
ToyProbability count_toys(std::span<const double> expected, std::int64_t toys,
                          const RandomStream& stream, int threads,
                          const std::function<bool(std::vector<double>)>& is_above) {
    constexpr std::size_t at_once = 16;
    std::vector<std::uint8_t> above(static_cast<std::size_t>(toys));
    parallel_blocks(above.size(), at_once, threads, [&](std::size_t begin, std::size_t end) {
        check_interrupt();
        for (std::size_t toy = begin; toy < end; ++toy) {
            try {
                above[toy] = is_above(drawn(expected, stream.at(toy))) ? 1 : 0;
            } catch (const NumericalError&) {
                above[toy] = 1;
            }
        }
    });
    ToyProbability result;
    result.toys = toys;
    result.above = std::accumulate(above.begin(), above.end(), std::int64_t{0});
    result.p_value = static_cast<double>(result.above + 1) / static_cast<double>(toys + 1);
    result.error = std::sqrt(result.p_value * (1 - result.p_value) / static_cast<double>(toys + 1));
    return result;
}

}  // namespace

ExcessTest::ExcessTest(const SpectrumModel& model, std::size_t signal_cell,
                       std::vector<double> counts, double spurious)
    : model_(model),
      cell_(signal_cell),
      counts_(std::move(counts)),
      spurious_(spurious),
      free_(model.fit(counts_, {.left_out = cell_, .signal = {}, .start = {}})),
      null_(model.fit(counts_, {.left_out = {}, .signal = {}, .start = free_.coefficients})) {}

// The signal makes the cell fit exactly.
double ExcessTest::best_log_likelihood() const {
    return free_.log_likelihood + poisson_log_likelihood(counts_[cell_], counts_[cell_]);
}

double ExcessTest::fitted_log_likelihood(double events) const {
    std::vector<double> signal(counts_.size());
    signal[cell_] = events;
    return model_.fit(counts_, {.left_out = {}, .signal = signal, .start = free_.coefficients})
        .log_likelihood;
}

// docs/method.md (11.9): spurious events take up a part of the distance to the best signal.
double ExcessTest::log_likelihood_of(double signal) const {
    if (spurious_ == 0) return fitted_log_likelihood(signal);
    const double best = counts_[cell_] - free_.expected[cell_];
    const auto with = [&](double spurious) {
        const double pull = spurious / spurious_;
        return fitted_log_likelihood(signal + spurious) - 0.5 * pull * pull;
    };
    return largest_between(0, best - signal, with);
}

double ExcessTest::z() const {
    const double none = spurious_ == 0 ? null_.log_likelihood : log_likelihood_of(0);
    const double root = std::sqrt(std::max(0.0, 2 * (best_log_likelihood() - none)));
    return counts_[cell_] < free_.expected[cell_] ? -root : root;
}

double ExcessTest::twice_fall(double signal) const {
    return std::max(0.0, 2 * (best_log_likelihood() - log_likelihood_of(signal)));
}

Excess ExcessTest::result() const {
    Excess result;
    result.observed = counts_[cell_];
    result.expected = free_.expected[cell_];
    result.expected_error = std::sqrt(expected_variance(free_, cell_));
    result.signal = result.observed - result.expected;
    result.z = z();
    result.q0 = result.z > 0 ? result.z * result.z : 0;
    result.p_value = normal_survival(result.z);
    const double error =
        std::hypot(std::sqrt(std::max(result.observed, 1.0)), result.expected_error, spurious_);
    const auto above = [this](double signal) { return twice_fall(signal) - 1; };
    const double high = first_beyond(result.signal, error, [&](double s) { return above(s) > 0; });
    result.signal_high = root_between(result.signal, high, Trend::rising, above);
    // A sum of signal and background below 0 makes no sense: the interval may end there.
    const double least = -0.999 * result.expected;
    result.signal_low = result.signal <= least || above(least) < 0
                            ? -result.expected
                            : root_between(least, result.signal, Trend::falling, above);
    return result;
}

ExcessTest::Limit ExcessTest::upper_limit(double level) const {
    const ExcessTest asimov(model_, cell_, null_.expected, spurious_);
    // q-tilde: the best signal is at least 0.
    const double best = std::max(0.0, counts_[cell_] - free_.expected[cell_]);
    const double reference = best > 0 ? best_log_likelihood() : log_likelihood_of(0);
    const auto root_q = [&](double signal) {
        if (signal <= best) return 0.0;
        return std::sqrt(std::max(0.0, 2 * (reference - log_likelihood_of(signal))));
    };
    const auto root_asimov = [&](double signal) { return std::sqrt(asimov.twice_fall(signal)); };
    const double error = std::sqrt(null_.expected[cell_] + expected_variance(free_, cell_) + 1 +
                                   spurious_ * spurious_);
    const auto solve = [&](double start, const std::function<double(double)>& cls_of) {
        const auto excess = [&](double signal) { return cls_of(signal) - (1 - level); };
        const double high = first_beyond(start, error, [&](double s) { return excess(s) < 0; });
        return root_between(start, high, Trend::falling, excess);
    };
    Limit limit;
    limit.observed =
        solve(best, [&](double s) { return cls(root_q(s), std::max(root_asimov(s), 1e-12)); });
    for (const double sigma : {-2.0, -1.0, 0.0, 1.0, 2.0}) {
        limit.expected.push_back(solve(0, [&](double s) {
            return normal_survival(root_asimov(s) - sigma) / normal_survival(-sigma);
        }));
    }
    return limit;
}

ToyProbability toy_p_value(const SpectrumModel& model, std::size_t signal_cell,
                           const ExcessTest& observed, std::int64_t toys,
                           const RandomStream& stream, int threads) {
    const double z = observed.z();
    return count_toys(observed.null().expected, toys, stream, threads,
                      [&](std::vector<double> counts) {
                          return ExcessTest(model, signal_cell, std::move(counts)).z() >= z;
                      });
}

ToyProbability toy_goodness(const SpectrumModel& model, const SpectrumFit& fit,
                            std::span<const double> counts, std::optional<std::size_t> left_out,
                            std::int64_t toys, const RandomStream& stream, int threads) {
    const double observed = saturated_deviance(counts, fit, left_out);
    return count_toys(fit.expected, toys, stream, threads, [&](const std::vector<double>& toy) {
        const SpectrumFit refitted =
            model.fit(toy, {.left_out = left_out, .signal = {}, .start = fit.coefficients});
        return saturated_deviance(toy, refitted, left_out) >= observed;
    });
}

}  // namespace lacathode
