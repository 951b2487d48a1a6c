// Sculpting of events with weights: p-values that are what they say.
#include "lacathode/stats/weighted_selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/sculpting.hpp"
#include "support/gaussianity.hpp"

namespace lacathode {
namespace {

struct Events {
    std::vector<double> mass;
    std::vector<float> score;
    std::vector<float> weight;
};

// Uniform masses in (0, 10); weights exp(normal), a fifth of them negative, larger at high masses;
// scores uniform, plus `bias` at high masses.
Events events(std::size_t count, std::uint64_t index, double bias) {
    RandomStream stream = RandomStream(71, "events").at(index);
    Events all;
    for (std::size_t i = 0; i < count; ++i) {
        const double mass = 10 * stream.uniform();
        const double sign = stream.uniform() < 0.2 ? -1 : 1;
        all.mass.push_back(mass);
        all.weight.push_back(
            static_cast<float>(sign * std::exp(0.5 * stream.normal()) * (1 + mass)));
        all.score.push_back(static_cast<float>(stream.uniform() + (mass > 8 ? bias : 0)));
    }
    return all;
}

SculptingResult evaluated(const Events& all, double efficiency, std::uint64_t index,
                          std::size_t bins) {
    const SculptingStudy study(all.mass, {}, MassWindow(4, 6), {.bins = bins}, all.weight);
    return study.evaluate(all.score, std::vector<double>{efficiency},
                          RandomStream(73, "p").at(index));
}

// Kolmogorov-Smirnov on the p-values of 1000 times so many events, false-alarm rate 1e-3 (fixed
// seed); the twin whose scores are higher by `bias` above m = 8 must fail.
void expect_calibrated(std::size_t count, double efficiency, double bias, std::uint8_t simulated) {
    std::vector<double> unbiased;
    std::vector<double> biased;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const SculptingResult one = evaluated(events(count, i, 0), efficiency, i, 20);
        EXPECT_EQ(one.simulated[0], simulated);
        unbiased.push_back(one.p_value[0]);
        if (i < 200)
            biased.push_back(evaluated(events(count, i, bias), efficiency, i, 20).p_value[0]);
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(unbiased).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(biased).p_value, 1e-6);
}

TEST(WeightedSelection, CalibratedThroughTheThreshold) {
    expect_calibrated(20'000, 0.2, 0.05, 0);
}

// Few events: the p-value is that of simulated selections.
TEST(WeightedSelection, CalibratedWhereItSimulates) {
    expect_calibrated(600, 0.1, 0.2, 1);
}

// One event of weight 200 among 20,000 of weight 1 in its bin is two thirds of the bin's sum of
// squares: selected with 2 %, it makes chi2 that large alone, which no gamma distribution tells.
TEST(WeightedSelection, OneHeavyEventIsSimulated) {
    constexpr std::size_t bins = 20;
    std::vector<std::uint32_t> bin(bins * 20'000);
    for (std::size_t i = 0; i < bin.size(); ++i) bin[i] = static_cast<std::uint32_t>(i % bins);
    std::vector<float> weight(bin.size(), 1.0F);
    const auto is_simulated = [&](std::int64_t n) {
        return WeightedSelectionNull(bin, weight, bins).needs_simulation(n);
    };
    EXPECT_FALSE(is_simulated(8000));
    weight[0] = 200;
    EXPECT_TRUE(is_simulated(8000));
    EXPECT_TRUE(is_simulated(392'000));
    EXPECT_FALSE(is_simulated(200'000));
    weight[0] = 20;  // a fiftieth of the squares
    EXPECT_FALSE(is_simulated(8000));
}

// chi2 / (B - 1) of so many random selections of n events.
std::vector<double> random_selections(const WeightedSelectionNull& null,
                                      const std::vector<std::uint32_t>& bin,
                                      const std::vector<float>& weight, std::size_t n,
                                      std::size_t repetitions) {
    RandomStream stream = RandomStream(79, "selections").at(n);
    std::vector<std::size_t> order(bin.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> values;
    for (std::size_t i = 0; i < repetitions; ++i) {
        stream.shuffle(std::span(order));
        std::vector<double> selected(10, 0);
        for (std::size_t k = 0; k < n; ++k)
            selected[bin[order[k]]] += static_cast<double>(weight[order[k]]);
        values.push_back(null.chi2_per_dof(selected, static_cast<std::int64_t>(n)));
    }
    return values;
}

// Whatever the weights: mean 1, and the variance that is told, with few events a third more
// than that of chi2. 8000 selections each; bounds of five errors.
TEST(WeightedSelection, MeanVarianceAndBandAreThoseOfRandomSelections) {
    const Events all = events(5000, 0, 0);
    std::vector<std::uint32_t> bin;
    for (const double mass : all.mass) bin.push_back(static_cast<std::uint32_t>(mass));
    const WeightedSelectionNull null(bin, all.weight, 10);
    for (const std::size_t n : {std::size_t{1000}, std::size_t{20}}) {
        constexpr double repetitions = 8000;
        const std::vector<double> values = random_selections(null, bin, all.weight, n, 8000);
        const RandomSelectionNull::Summary told = null.summary(static_cast<std::int64_t>(n));
        double sum = 0;
        double squares = 0;
        for (const double chi2 : values) {
            sum += chi2;
            squares += chi2 * chi2;
        }
        const double mean = sum / repetitions;
        const double variance = squares / repetitions - mean * mean;
        const double expected = told.variance;
        EXPECT_NEAR(mean, 1, 5 * std::sqrt(expected / repetitions));
        // Of a gamma distribution the variance of the variance is (2 + 6 / shape) v^2 / M.
        EXPECT_NEAR(variance, expected, 5 * expected * std::sqrt((2 + 6 * expected) / repetitions))
            << n << " selected; of chi2 it would be " << 2.0 / 9;
        const auto share_below = [&](double bound) {
            const auto below =
                std::ranges::count_if(values, [&](double chi2) { return chi2 < bound; });
            return static_cast<double>(below) / repetitions;
        };
        // Five errors, 0.021, and as much again: of 20 events the distribution is not quite gamma.
        EXPECT_NEAR(share_below(told.low), 0.16, 0.05) << n;
        EXPECT_NEAR(share_below(told.high), 0.84, 0.05) << n;
    }
}

TEST(WeightedSelection, EqualWeightsGivePearsonsChi2) {
    const std::vector<std::uint32_t> bin = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    const WeightedSelectionNull null(bin, std::vector<float>(10, 2.5F), 2);
    // 3 of 4 and 2 of 6: expected 2 and 3, variances 4 / 4 and 6 / 4.
    EXPECT_NEAR(null.chi2_per_dof(std::vector<double>{7.5, 5}, 5), 1 / 1.0 + 1 / 1.5, 1e-12);
    EXPECT_TRUE(std::isnan(null.chi2_per_dof(std::vector<double>{0, 0}, 0)));
    EXPECT_EQ(null.p_value(0, 10, RandomStream(1, "p")), 1);
}

TEST(WeightedSelection, RefusesBinsWithoutWeight) {
    EXPECT_THROW(WeightedSelectionNull({0, 1, 1}, {1, 0, 0}, 2), InputError);
    EXPECT_THROW(WeightedSelectionNull({0, 0}, {1, 1}, 1), InputError);
}

}  // namespace
}  // namespace lacathode
