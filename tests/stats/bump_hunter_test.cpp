// BumpHunter's statistic: that of pyBumpHunter, and a p-value that is uniform without a bump.
#include "lacathode/stats/bump_hunter.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/stats/gamma_distribution.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "stats/falling_spectrum.hpp"

namespace lacathode::test {
namespace {

// A falling histogram that any program can write down, with a bump of three bins.
struct Histogram {
    std::vector<double> expected;
    std::vector<double> counts;

    explicit Histogram(double bump) {
        for (int i = 0; i < 60; ++i) {
            const double mean = 1000 * std::exp(-i / 12.0);
            expected.push_back(mean);
            counts.push_back(std::floor(mean + std::sqrt(mean) * std::sin(7 * i) + 0.5));
        }
        for (std::size_t i = 25; i < 28; ++i) counts[i] += bump;
    }
};

// Of 20,000 spectra of the expectation, which is not fitted to them.
ToyProbability with_known_background(const Histogram& data, double statistic) {
    return toy_probability(data.expected, 20'000, RandomStream(3, "bumps"), 1,
                           [&](const std::vector<double>& counts) {
                               return largest_bump(counts, data.expected, 6).statistic >= statistic;
                           });
}

// pyBumpHunter 0.5.1, windows of 1 to 6 bins in steps of 1, npe = 20,000: t_ar[0], min_loc_ar[0],
// min_width_ar[0], global_Pval. The p of both fluctuate; four standard deviations of the difference
// are 6e-5.
TEST(BumpHunter, PyBumpHunterFindsTheSame) {
    struct Frozen {
        double bump, statistic;
        std::size_t first, width;
        double p;
    };
    for (const Frozen& frozen : {Frozen{30, 11.753846554822264, 25, 3, 31 / 20'000.0},
                                 Frozen{20, 6.664516524901494, 25, 5, 3061 / 20'000.0}}) {
        const Histogram data(frozen.bump);
        const Bump bump = largest_bump(data.counts, data.expected, 6);
        EXPECT_NEAR(bump.statistic, frozen.statistic, 1e-6);
        EXPECT_EQ(bump.window.first, frozen.first);
        EXPECT_EQ(bump.window.last, frozen.first + frozen.width);
        const ToyProbability p = with_known_background(data, bump.statistic);
        EXPECT_NEAR(p.p_value, frozen.p, 4 * std::sqrt(2.0) * p.error) << frozen.bump;
    }
}

// pyBumpHunter says infinity here: P(4000 or more of 358.4), summed term by term from the largest.
TEST(BumpHunter, AProbabilityBelowAllNumbersHasAFiniteStatistic) {
    const std::vector<double> expected = {358.4};
    const std::vector<double> counts = {4000};
    const double n = counts[0];
    const double largest = n * std::log(expected[0]) - expected[0] - std::lgamma(n + 1);
    double sum = 0;
    double term = 1;
    for (double k = n; term > 1e-18; term *= expected[0] / ++k) sum += term;
    EXPECT_GT(-largest, 800);
    EXPECT_NEAR(largest_bump(counts, expected, 1).statistic, -largest - std::log(sum), 1e-6);
}

TEST(BumpHunter, DeficitsAndCellsThatExpectNothingAreNoBumps) {
    EXPECT_EQ(largest_bump(std::vector{3.0, 2.0}, std::vector{4.0, 2.0}, 9).statistic, 0);
    const Bump bump = largest_bump(std::vector{5.0, 0.0, 3.0}, std::vector{0.0, 1.0, 2.0}, 1);
    EXPECT_EQ(bump.window.first, 2U);
    EXPECT_NEAR(bump.statistic, -log_gamma_cumulative(2, 3, 1), 1e-12);
}

// Spectra without a bump, background fitted to each: 200 of 99 toys. Half a step of p, which takes
// the values (k + 1) / 100, is within what 1 % of false alarms allow.
TEST(BumpHunter, PIsUniformWithoutABump) {
    const FallingSpectrum truth(5000);
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, truth.cells, truth.expected);
    const CellRange left_out = CellRange::one(truth.signal_cell);
    const RandomStream stream(67, "no bump");
    std::vector<double> p;
    for (std::size_t toy = 0; toy < 200; ++toy) {
        const std::vector<double> counts = truth.drawn(stream.at(toy));
        const SpectrumFit beside = model.fit(counts, {.left_out = left_out});
        const Bump bump = largest_bump(counts, beside.expected, 5);
        p.push_back(bump_probability(model, model.fit(counts), left_out, bump, 5, 99,
                                     stream.at(1000 + toy), 1)
                        .p_value);
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(p).p_value, 0.01);
}

// The biased twin: as if the fitted background were known, its error is missing from the toys.
TEST(BumpHunter, PIsNotUniformIfTheToysAreNotFitted) {
    const FallingSpectrum truth(125'000);
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, truth.cells, truth.expected);
    const CellRange left_out = CellRange::one(truth.signal_cell);
    const RandomStream stream(67, "no bump");
    std::vector<double> p;
    for (std::size_t toy = 0; toy < 200; ++toy) {
        const std::vector<double> counts = truth.drawn(stream.at(toy));
        const SpectrumFit fit = model.fit(counts, {.left_out = left_out});
        const double t = largest_bump(counts, fit.expected, 5).statistic;
        p.push_back(toy_probability(truth.expected, 99, stream.at(1000 + toy), 1,
                                    [&](const std::vector<double>& drawn) {
                                        return largest_bump(drawn, fit.expected, 5).statistic >= t;
                                    })
                        .p_value);
    }
    EXPECT_LT(kolmogorov_smirnov_uniform(p).p_value, 0.01);
}

}  // namespace
}  // namespace lacathode::test
