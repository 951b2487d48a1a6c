#include "lacathode/stats/excess_test.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/normal_distribution.hpp"
#include "lacathode/stats/poisson_distribution.hpp"
#include "stats/line_search.hpp"

namespace lacathode {
namespace {

using stats::detail::first_beyond;
using stats::detail::maximum_between;
using stats::detail::root_between;
using stats::detail::Trend;

// Where a cell has less of the signal, s may be what it likes there.
constexpr double negligible_part = 1e-6;
// Of the way to the least s: there the likelihood still has a value.
constexpr double almost = 0.999;

// Beyond it a cell would expect fewer than no events.
double least_signal(const SpectrumFit& background, const SignalShape& shape) {
    double least = -std::numeric_limits<double>::infinity();
    for (std::size_t cell = 0; cell < shape.size(); ++cell) {
        if (shape[cell] >= negligible_part)
            least = std::max(least, -background.expected[cell] / shape[cell]);
    }
    return least;
}

// Of the likelihood in s, b being `background`; where that is the fit beside s, of the largest one.
double slope_in_signal(const SignalShape& shape, std::span<const double> counts,
                       const SpectrumFit& background, double signal) {
    double sum = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        const double expected = background.expected[cell] + signal * shape[cell];
        // Nothing where nothing is expected is no 0 / 0.
        sum += shape[cell] * ((counts[cell] > 0 ? counts[cell] / expected : 0) - 1);
    }
    return sum;
}

// CLs of q-tilde, from its square root and that of the background's Asimov data set. Of a large
// deficit both probabilities underflow, but not their ratio: the densities' is exp(-q / 2).
double cls(double root_q, double root_asimov) {
    if (root_q <= root_asimov)
        return normal_survival(root_q) / normal_survival(root_q - root_asimov);
    const double q = root_q * root_q;
    const double asimov = root_asimov * root_asimov;
    return std::exp(-0.5 * q) * mills_ratio((q + asimov) / (2 * root_asimov)) /
           mills_ratio((q - asimov) / (2 * root_asimov));
}

}  // namespace

ExcessTest::ExcessTest(const SpectrumModel& model, SignalShape shape, std::vector<double> counts,
                       double spurious)
    : model_(model), shape_(std::move(shape)), counts_(std::move(counts)), spurious_(spurious) {
    expects(shape_.size() == counts_.size(), "a signal's part for each cell");
    const auto largest = std::ranges::max_element(shape_);
    expects(*largest > 0, "a signal that is somewhere");
    if (*largest == 1) {
        count_signal(static_cast<std::size_t>(largest - shape_.begin()));
    } else {
        fit_signal();
    }
}

// The signal makes its cell fit exactly.
void ExcessTest::count_signal(std::size_t cell) {
    if (counts_[cell] == 0) empty_cell_ = cell;
    free_ = model_.fit(counts_, {.left_out = CellRange::one(cell)});
    null_ = model_.fit(counts_, {.start = free_.coefficients});
    best_ = counts_[cell] - free_.expected[cell];
    least_ = -free_.expected[cell];
    best_log_likelihood_ =
        free_.log_likelihood + poisson_log_likelihood(counts_[cell], counts_[cell]);
}

void ExcessTest::fit_signal() {
    null_ = model_.fit(counts_);
    free_ = null_;
    bool is_end = false;
    if (slope_at(0) > 0) {
        const auto slope = [this](double signal) { return slope_at(signal); };
        const double high = first_beyond(0, signal_scale(), [&](double s) { return slope(s) < 0; });
        best_ = root_between(0, high, Trend::falling, slope);
    } else {
        const Deficit deficit = best_deficit();
        best_ = deficit.signal;
        is_end = deficit.is_end;
    }
    free_ = fit_with(best_);
    least_ = is_end ? best_ : least_signal(free_, shape_);
    best_log_likelihood_ = free_.log_likelihood;
}

// s-hat of a deficit, and in free_ a fit that those down to there can start from. The deeper a
// deficit, the more background lies beside it, so that the fit without signal tells no bound: the
// one at its least s tells how much lower s may be, and so on. A cell without events ends it, as
// nothing raises the background there.
ExcessTest::Deficit ExcessTest::best_deficit() {
    constexpr int most_fits = 100;
    constexpr double least_progress = 1e-4;
    const auto slope = [this](double signal) { return slope_at(signal); };
    double reached = 0;
    for (int i = 0; i < most_fits; ++i) {
        const double lowest = almost * least_signal(free_, shape_);
        if (lowest > (1 + least_progress) * reached) break;
        double low = lowest;
        bool is_beyond_best = false;
        try {
            const auto is_beyond = [&](double s) { return s <= lowest || slope(s) > 0; };
            low = std::max(lowest, first_beyond(reached, -signal_scale(), is_beyond));
            SpectrumFit fit = fit_with(low);
            is_beyond_best = low > lowest || !(slope_in_signal(shape_, counts_, fit, low) < 0);
            if (!is_beyond_best) free_ = std::move(fit);
        } catch (const NumericalError&) {
            if (i == 0) throw;
            return {reached, true};
        }
        if (is_beyond_best) return {root_between(low, reached, Trend::falling, slope), false};
        reached = low;
    }
    return {reached, false};
}

double ExcessTest::slope_at(double signal) const {
    return slope_in_signal(shape_, counts_, fit_with(signal), signal);
}

SpectrumFit ExcessTest::fit_with(double signal) const {
    std::vector<double> events = shape_;
    for (double& part : events) part *= signal;
    return model_.fit(counts_, {.signal = events, .start = free_.coefficients});
}

// Of a cell without events the likelihood falls by b + s, whatever b. Of less than no signal it
// does so down to s = -b of the fit without signal; from there on b is -s, and counts as empty by a
// part that falls to 0 at the fit to the other cells.
double ExcessTest::log_likelihood_of_empty_cell(double signal) const {
    const std::size_t cell = *empty_cell_;
    if (signal >= -null_.expected[cell]) return null_.log_likelihood - signal;
    if (signal <= -free_.expected[cell]) return free_.log_likelihood;
    const auto fit_by = [&](double emptiness) {
        return model_.fit(counts_, {.left_out = CellRange::one(cell),
                                    .emptiness = emptiness,
                                    .start = free_.coefficients});
    };
    const double emptiness = root_between(
        0, 1, Trend::rising, [&](double part) { return -signal - fit_by(part).expected[cell]; });
    const SpectrumFit fit = fit_by(emptiness);
    return fit.log_likelihood + emptiness * fit.expected[cell];
}

double ExcessTest::log_likelihood_beside(double signal) const {
    return empty_cell_ ? log_likelihood_of_empty_cell(signal) : fit_with(signal).log_likelihood;
}

// docs/method.md (11.9): spurious events take up a part of the distance to the best signal.
double ExcessTest::log_likelihood_of(double signal) const {
    if (spurious_ == 0) return log_likelihood_beside(signal);
    const auto with = [&](double spurious) {
        const double pull = spurious / spurious_;
        return log_likelihood_beside(signal + spurious) - 0.5 * pull * pull;
    };
    return maximum_between(0, best_ - signal, with);
}

double ExcessTest::z() const {
    const double none = spurious_ == 0 ? null_.log_likelihood : log_likelihood_of(0);
    if (std::isnan(best_log_likelihood_ - none))
        throw NumericalError("the likelihood of the spectrum has no value");
    const double root = std::sqrt(std::max(2 * (best_log_likelihood_ - none), 0.0));
    return best_ < 0 ? -root : root;
}

double ExcessTest::twice_fall(double signal) const {
    return std::max(2 * (best_log_likelihood_ - log_likelihood_of(signal)), 0.0);
}

// About the error of s: that of the background's fluctuations under the shape.
double ExcessTest::signal_scale() const {
    double information = 0;
    for (std::size_t cell = 0; cell < counts_.size(); ++cell) {
        if (shape_[cell] > 0)
            information += shape_[cell] * shape_[cell] / (null_.expected[cell] + shape_[cell]);
    }
    return std::hypot(1 / std::sqrt(information), spurious_);
}

Excess ExcessTest::result() const {
    Excess result;
    result.signal = best_;
    result.z = z();
    result.p_value = normal_survival(result.z);
    const auto above = [this](double signal) { return twice_fall(signal) - 1; };
    const double high = first_beyond(best_, signal_scale(), [&](double s) { return above(s) > 0; });
    result.signal_high = root_between(best_, high, Trend::rising, above);
    const double lowest = almost * least_;
    const double low =
        first_beyond(best_, -signal_scale(), [&](double s) { return s <= lowest || above(s) > 0; });
    const bool never_falls = low <= lowest && (best_ <= lowest || above(lowest) < 0);
    result.signal_low =
        never_falls ? least_ : root_between(std::max(low, lowest), best_, Trend::falling, above);
    return result;
}

ExcessTest::Limit ExcessTest::upper_limit(double level) const {
    const ExcessTest asimov(model_, shape_, null_.expected, spurious_);
    // q-tilde: the best signal is at least 0.
    const double best = std::max(0.0, best_);
    const double reference = best > 0 ? best_log_likelihood_ : log_likelihood_of(0);
    const auto root_q = [&](double signal) {
        if (signal <= best) return 0.0;
        return std::sqrt(std::max(2 * (reference - log_likelihood_of(signal)), 0.0));
    };
    const auto root_asimov = [&](double signal) { return std::sqrt(asimov.twice_fall(signal)); };
    const double step = signal_scale();
    const auto solve = [&](double start, const std::function<double(double)>& cls_of) {
        const auto excess = [&](double signal) { return cls_of(signal) - (1 - level); };
        const double high = first_beyond(start, step, [&](double s) { return excess(s) < 0; });
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

ToyProbability toy_p_value(const SpectrumModel& model, const SignalShape& shape,
                           const ExcessTest& observed, std::int64_t toys,
                           const RandomStream& stream, int threads) {
    const double z = observed.z();
    const double spurious = observed.spurious();
    const auto draw = [&](RandomStream& own) {
        if (spurious == 0) return drawn_spectrum(observed.null().expected, own);
        std::vector<double> expected = observed.null().expected;
        const double events = spurious * own.normal();
        for (std::size_t cell = 0; cell < expected.size(); ++cell)
            expected[cell] = std::max(0.0, expected[cell] + events * shape[cell]);
        return drawn_spectrum(expected, own);
    };
    return toy_probability(draw, toys, stream, threads, [&](const std::vector<double>& counts) {
        // A deficit is below any excess, and told by the fit without signal alone.
        if (z > 0 && slope_in_signal(shape, counts, model.fit(counts), 0) <= 0) return false;
        return ExcessTest(model, shape, counts, spurious).z() >= z;
    });
}

ToyProbability toy_goodness(const SpectrumModel& model, const SpectrumFit& fit,
                            std::span<const double> counts, const CellRange& left_out,
                            std::int64_t toys, const RandomStream& stream, int threads) {
    const double observed = saturated_deviance(counts, fit, left_out);
    const auto is_worse = [&](const std::vector<double>& toy) {
        try {
            const SpectrumFit refitted =
                model.fit(toy, {.left_out = left_out, .start = fit.coefficients});
            return saturated_deviance(toy, refitted, left_out) >= observed;
        } catch (const NumericalError&) {
            return false;  // a fit that fails is no witness for one that did not
        }
    };
    return toy_probability(fit.expected, toys, stream, threads, is_worse);
}

}  // namespace lacathode
