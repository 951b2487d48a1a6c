// Toys: the distribution of z where there is nothing, and the worth of the largest of several.
#include "lacathode/stats/global_significance.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode::test {
namespace {

// [T, W] of a normal distribution around `mean`.
Matrix<double> normal_toys(std::size_t toys, std::size_t regions, double mean = 0) {
    RandomStream stream(91, "toys");
    Matrix<double> z(toys, regions);
    for (std::size_t toy = 0; toy < toys; ++toy)
        for (double& value : z.row(toy)) value = mean + stream.normal();
    return z;
}

NullDistribution distribution(double mean) {
    std::vector<double> z, p_values;
    const Matrix<double> drawn = normal_toys(4000, 1, mean);
    for (const double value : drawn.values()) {
        z.push_back(value);
        p_values.push_back(normal_survival(value));
    }
    return null_distribution(z, p_values);
}

// Mean 0 +- 0.016 and width 1 +- 0.011: five errors; uniformity has a false alarm in 1000.
TEST(NullDistribution, OfNormalZIsFlat) {
    const NullDistribution null = distribution(0);
    EXPECT_EQ(null.toys, 4000U);
    EXPECT_NEAR(null.mean, 0, 0.08);
    EXPECT_NEAR(null.width, 1, 0.056);
    EXPECT_NEAR(null.mean_error, 1 / std::sqrt(4000), 1e-3);
    EXPECT_NEAR(null.width_error, 1 / std::sqrt(8000), 1e-3);
    EXPECT_GT(null.uniformity, 1e-3);
}

TEST(NullDistribution, ABiasIsSeen) {
    const NullDistribution null = distribution(0.3);
    EXPECT_LT(null.uniformity, 1e-9);
    EXPECT_GT(null.mean, 5 * null.mean_error);
}

TEST(NullDistribution, OneToyHasNoWidth) {
    const NullDistribution one = null_distribution({1.5}, {0.07});
    EXPECT_EQ(one.mean, 1.5);
    EXPECT_TRUE(std::isnan(one.width) && std::isnan(one.mean_error) && std::isnan(one.width_error));
    EXPECT_THROW(null_distribution({1.5}, {std::nan("")}), InputError);
}

TEST(NullDistribution, WhatFailedIsCountedAndLeftOut) {
    const double none = std::nan("");
    const NullDistribution null = null_distribution({1.0, none, -1.0}, {0.2, none, 0.8});
    EXPECT_EQ(null.toys, 2U);
    EXPECT_EQ(null.failed, 1U);
    EXPECT_EQ(null.mean, 0);
    EXPECT_EQ(null.width, std::sqrt(2));
    EXPECT_EQ(null.mean_error, 1);
    EXPECT_EQ(null.width_error, 1);
    const NullDistribution nothing = null_distribution({none}, {none});
    EXPECT_EQ(nothing.failed, 1U);
    EXPECT_TRUE(std::isnan(nothing.mean) && std::isnan(nothing.uniformity));
}

TEST(GlobalSignificance, AToyOfWhichARegionFailedCountsAsAbove) {
    const GlobalSignificance found =
        global_significance(2, Matrix<double>(3, 2, {0, 1, std::nan(""), 0.5, 0, 3}));
    EXPECT_EQ(found.above, 2U);
    EXPECT_EQ(found.p_value, 3.0 / 4);
}

// Two toys, both of which go up once: the one across the region that failed.
TEST(GlobalSignificance, ACrossingOverARegionThatFailedCounts) {
    const double none = std::nan("");
    const GlobalSignificance found =
        global_significance(3, Matrix<double>(2, 4, {-1, none, 1, none, none, -1, 0, 2}));
    EXPECT_NEAR(found.by_crossings, normal_survival(3) + std::exp(-4.5), 1e-12);
}

// Of W independent regions the largest z exceeds x with 1 - (1 - p)^W.
TEST(GlobalSignificance, TheLargestOfSeveralRegionsCounts) {
    const GlobalSignificance found = global_significance(2.5, normal_toys(4000, 3));
    const double p = normal_survival(2.5);
    EXPECT_EQ(found.toys, 4000U);
    EXPECT_EQ(found.p_value, (static_cast<double>(found.above) + 1) / 4001);
    EXPECT_NEAR(found.p_value, 1 - std::pow(1 - p, 3),
                5 * std::sqrt(found.p_value / static_cast<double>(found.toys)));
    // Two steps, each up through 0 with 1/4: 0.5 +- 0.01 crossings.
    EXPECT_NEAR(found.by_crossings, p + 0.5 * std::exp(-0.5 * 2.5 * 2.5), 0.002);
}

TEST(GlobalSignificance, AlsoWhereNoToyReaches) {
    const GlobalSignificance found = global_significance(9, normal_toys(99, 3));
    EXPECT_EQ(found.above, 0U);
    EXPECT_EQ(found.p_value, 0.01);
    EXPECT_EQ(found.low, 0);
    EXPECT_NEAR(found.high, 1 - std::pow(0.15865, 1.0 / 99), 1e-5);
    EXPECT_LT(found.by_crossings, 1e-16);
}

TEST(GlobalSignificance, ADeficitIsWorthNothing) {
    const GlobalSignificance found = global_significance(-0.5, normal_toys(100, 1));
    EXPECT_GT(found.p_value, 0.5);
    EXPECT_EQ(found.by_crossings, 1);
}

}  // namespace
}  // namespace lacathode::test
