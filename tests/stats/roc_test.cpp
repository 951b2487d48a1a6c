#include "lacathode/stats/roc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

using testing::ElementsAre;

TEST(RocCurve, EqualScoresAreOneStep) {
    const std::vector<float> score = {0.1F, 0.8F, 0.8F, 0.8F, 0.4F};
    const std::vector<std::int8_t> label = {0, 1, 0, 1, 1};
    const RocCurve roc = roc_curve(score, label);
    EXPECT_THAT(roc.threshold,
                ElementsAre(std::numeric_limits<double>::infinity(), 0.8F, 0.4F, 0.1F));
    EXPECT_THAT(roc.signal_selected, ElementsAre(0, 2, 3, 3));
    EXPECT_THAT(roc.background_selected, ElementsAre(0, 1, 1, 2));
    EXPECT_DOUBLE_EQ(roc.signal_efficiency(1), 2.0 / 3);
    EXPECT_DOUBLE_EQ(roc.background_efficiency(1), 0.5);
}

TEST(RocCurve, ConstantScoresAreTheDiagonal) {
    const RocCurve roc = roc_curve(std::vector<float>{1, 1, 1}, std::vector<std::int8_t>{0, 1, 0});
    EXPECT_EQ(roc.points(), 2U);
    EXPECT_DOUBLE_EQ(area_under_curve(roc), 0.5);
}

// The area is the Mann-Whitney statistic: P(signal > background) + P(equal) / 2.
TEST(RocCurve, AreaIsMannWhitney) {
    RandomStream stream(31, "scores");
    std::vector<float> score;
    std::vector<std::int8_t> label;
    for (int i = 0; i < 600; ++i) {
        label.push_back(i % 3 == 0 ? 1 : 0);
        score.push_back(static_cast<float>(std::floor(10 * stream.uniform()) + label.back()));
    }
    double wins = 0;
    for (std::size_t s = 0; s < 600; ++s) {
        for (std::size_t b = 0; b < 600; ++b) {
            if (label[s] != 1 || label[b] != 0) continue;
            wins += score[s] > score[b] ? 1 : (score[s] == score[b] ? 0.5 : 0);
        }
    }
    EXPECT_NEAR(area_under_curve(roc_curve(score, label)), wins / (200 * 400), 1e-12);
}

TEST(RocCurve, EventsThatAreNotMappedAreNeverSelected) {
    const std::vector<float> score = {NAN, 0.9F, 0.2F, NAN, 0.5F};
    const std::vector<std::int8_t> label = {1, 1, 0, 0, 0};
    const std::vector<std::uint8_t> mapped = {0, 1, 1, 0, 1};
    const RocCurve all = roc_curve(score, label, mapped);
    EXPECT_EQ(all.signal_events, 2);
    EXPECT_EQ(all.background_events, 3);
    EXPECT_EQ(all.signal_not_mapped, 1);
    EXPECT_EQ(all.background_not_mapped, 1);
    EXPECT_DOUBLE_EQ(all.signal_efficiency(all.points() - 1), 0.5);
    const RocCurve some = roc_curve(score, label, mapped, Unmapped::excluded);
    EXPECT_EQ(some.signal_events, 1);
    EXPECT_EQ(some.background_events, 2);
    EXPECT_DOUBLE_EQ(some.background_efficiency(some.points() - 1), 1);
    EXPECT_EQ(some.background_not_mapped, 1);
}

TEST(RocCurve, EventsThatAreNotMappedMayBeSelectedFirst) {
    const std::vector<float> score = {NAN, 0.9F, 0.2F, NAN, 0.5F};
    const std::vector<std::int8_t> label = {1, 1, 0, 0, 0};
    const std::vector<std::uint8_t> mapped = {0, 1, 1, 0, 1};
    const RocCurve roc = roc_curve(score, label, mapped, Unmapped::selected);
    EXPECT_EQ(roc.signal_events, 2);
    EXPECT_EQ(roc.background_events, 3);
    EXPECT_EQ(roc.signal_not_mapped, 1);
    // Nothing, both events without a score at once, then 0.9, 0.5 and 0.2.
    EXPECT_THAT(roc.signal_selected, testing::ElementsAre(0, 1, 2, 2, 2));
    EXPECT_THAT(roc.background_selected, testing::ElementsAre(0, 1, 1, 2, 3));
}

TEST(RocCurve, RefusesBadInput) {
    const std::vector<float> score = {1, 2};
    EXPECT_THROW(roc_curve(score, std::vector<std::int8_t>{0, 0}), InputError);
    EXPECT_THROW(roc_curve(score, std::vector<std::int8_t>{1, 1}), InputError);
    EXPECT_THROW(roc_curve(score, std::vector<std::int8_t>{0, 2}), InputError);
    EXPECT_THROW(roc_curve({}, {}), InputError);
    EXPECT_THROW(roc_curve(std::vector<float>{1, NAN}, std::vector<std::int8_t>{0, 1}), InputError);
    EXPECT_THROW(roc_curve(score, std::vector<std::int8_t>{0, 1}, std::vector<std::uint8_t>{1, 0},
                           Unmapped::excluded),
                 InputError);
    EXPECT_THROW(roc_curve(score, std::vector<std::int8_t>{0}), ContractViolation);
}

TEST(RocCurve, EfficienciesOfWeightedEventsAreThoseOfTheirWeights) {
    const std::vector<float> score = {4, 3, 3, 2, 1};
    const std::vector<std::int8_t> label = {1, 0, 1, 0, 1};
    const std::vector<float> weight = {2, 0.5, -1, 1.5, 3};
    const RocCurve roc = roc_curve(score, label, {}, Unmapped::rejected, weight);
    ASSERT_EQ(roc.points(), 5U);
    EXPECT_DOUBLE_EQ(roc.signal_efficiency(1), 2.0 / 4);
    EXPECT_DOUBLE_EQ(roc.signal_efficiency(2), 1.0 / 4);
    EXPECT_DOUBLE_EQ(roc.background_efficiency(2), 0.5 / 2);
    EXPECT_DOUBLE_EQ(roc.background_efficiency(4), 1);
    EXPECT_DOUBLE_EQ(roc.effective_background(0), 0);
    EXPECT_DOUBLE_EQ(roc.effective_background(4), 4 / 2.5);
    EXPECT_EQ(roc.background_events, 2);
    EXPECT_THROW(
        roc_curve(score, label, {}, Unmapped::rejected, std::vector<float>{1, -1, 1, 1, 1}),
        InputError);
}

TEST(RocCurve, EventsThatAreNotMappedWeighInTheDenominator) {
    const std::vector<float> score = {2, 1, 0, 0};
    const std::vector<std::int8_t> label = {1, 0, 1, 0};
    const std::vector<std::uint8_t> mapped = {1, 1, 0, 0};
    const std::vector<float> weight = {1, 2, 3, 6};
    const RocCurve all = roc_curve(score, label, mapped, Unmapped::rejected, weight);
    EXPECT_DOUBLE_EQ(all.signal_efficiency(1), 0.25);
    EXPECT_DOUBLE_EQ(all.background_efficiency(2), 0.25);
    const RocCurve some = roc_curve(score, label, mapped, Unmapped::excluded, weight);
    EXPECT_DOUBLE_EQ(some.signal_efficiency(1), 1);
    EXPECT_DOUBLE_EQ(some.background_efficiency(2), 1);
}

// Weights of 1, 2 and 3 are as many equal events.
TEST(RocCurve, WholeWeightsAreRepeatedEvents) {
    RandomStream stream(5, "roc");
    std::vector<float> score, weight, repeated_score;
    std::vector<std::int8_t> label, repeated_label;
    for (int i = 0; i < 200; ++i) {
        score.push_back(static_cast<float>(stream.uniform()));
        label.push_back(stream.below(2) == 0 ? 1 : 0);
        const std::size_t times = 1 + stream.below(3);
        weight.push_back(static_cast<float>(times));
        repeated_score.insert(repeated_score.end(), times, score.back());
        repeated_label.insert(repeated_label.end(), times, label.back());
    }
    const RocCurve weighted = roc_curve(score, label, {}, Unmapped::rejected, weight);
    const RocCurve repeated = roc_curve(repeated_score, repeated_label);
    ASSERT_EQ(weighted.threshold, repeated.threshold);
    for (std::size_t i = 0; i < weighted.points(); ++i) {
        EXPECT_NEAR(weighted.signal_efficiency(i), repeated.signal_efficiency(i), 1e-12);
        EXPECT_NEAR(weighted.background_efficiency(i), repeated.background_efficiency(i), 1e-12);
        EXPECT_LE(weighted.effective_background(i),
                  static_cast<double>(repeated.background_selected[i]) + 1e-9);
    }
    EXPECT_NEAR(area_under_curve(weighted), area_under_curve(repeated), 1e-12);
}

}  // namespace
}  // namespace lacathode
