#include "lacathode/stats/bump_hunter.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/gamma_distribution.hpp"

namespace lacathode {
namespace {

// P(N >= n) of a Poisson N is the cumulative of a gamma distribution of shape n at its mean.
double minus_log_p(double counts, double expected) {
    return counts > expected && expected > 0 ? -log_gamma_cumulative(expected, counts, 1) : 0;
}

}  // namespace

Bump largest_bump(std::span<const double> counts, std::span<const double> expected,
                  std::size_t widest) {
    expects(counts.size() == expected.size(), "an expectation for each count");
    Bump largest;
    // [C] sums over the windows that begin there; each width adds one cell.
    std::vector<double> observed(counts.size(), 0.0);
    std::vector<double> mean(counts.size(), 0.0);
    for (std::size_t width = 1; width <= std::min(widest, counts.size()); ++width) {
        for (std::size_t first = 0; first + width <= counts.size(); ++first) {
            observed[first] += counts[first + width - 1];
            mean[first] += expected[first + width - 1];
            const double t = minus_log_p(observed[first], mean[first]);
            if (t > largest.statistic) largest = {{first, first + width}, t};
        }
    }
    return largest;
}

ToyProbability bump_probability(const SpectrumModel& model, const SpectrumFit& null,
                                const CellRange& left_out, const Bump& observed, std::size_t widest,
                                std::int64_t toys, const RandomStream& stream, int threads) {
    return toy_probability(
        null.expected, toys, stream, threads, [&](const std::vector<double>& counts) {
            const SpectrumFit fit =
                model.fit(counts, {.left_out = left_out, .start = null.coefficients});
            return largest_bump(counts, fit.expected, widest).statistic >= observed.statistic;
        });
}

}  // namespace lacathode
