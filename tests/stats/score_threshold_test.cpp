// The threshold that keeps a fraction of events.
#include <gtest/gtest.h>

#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/score_threshold.hpp"

namespace lacathode::test {
namespace {

// Scores 0, 1, ..., 10: the quantiles are the numbers themselves.
const std::vector<float> scores = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};

TEST(ScoreThreshold, IsTheQuantile) {
    EXPECT_DOUBLE_EQ(score_threshold(scores, 11, 1), 0);
    EXPECT_DOUBLE_EQ(score_threshold(scores, 11, 0.5), 5);
    EXPECT_DOUBLE_EQ(score_threshold(scores, 11, 0.25), 7.5);
    EXPECT_DOUBLE_EQ(score_threshold(scores, 11, 0.01), 9.9);
}

TEST(ScoreThreshold, EventsWithoutAScoreStandBelow) {
    EXPECT_DOUBLE_EQ(score_threshold(scores, 21, 0.25), 5);
    EXPECT_DOUBLE_EQ(score_threshold(scores, 21, 0.5), 0);
    EXPECT_DOUBLE_EQ(score_threshold(scores, 21, 0.51), 0);  // between the last known and the next
    EXPECT_THROW((void)score_threshold(scores, 21, 0.56), InputError);
}

TEST(ScoreThreshold, IsAFraction) {
    EXPECT_THROW((void)score_threshold(scores, 11, 0), UsageError);
    EXPECT_THROW((void)score_threshold(scores, 11, 1.01), UsageError);
}

TEST(ScoreThreshold, WeightsAddUpToTheFraction) {
    const std::vector<float> descending = {5, 4, 3, 2, 1};
    const std::vector<float> weight = {1, 3, -1, 2, 5};
    EXPECT_EQ(score_threshold(descending, weight, 10, 0.1), 5);
    EXPECT_EQ(score_threshold(descending, weight, 10, 0.4), 4);
    EXPECT_EQ(score_threshold(descending, weight, 10, 0.5), 2);
    EXPECT_EQ(score_threshold(descending, weight, 10, 1), 1);
    EXPECT_THROW(score_threshold(descending, weight, 20, 0.6), InputError);
    EXPECT_THROW(score_threshold(descending, weight, 10, 0), UsageError);
}

// Negative weights may outweigh the others; of less than nothing the first event is more than half.
TEST(ScoreThreshold, OfNoWeightThereIsNoFraction) {
    const std::vector<float> descending = {5, 4};
    EXPECT_THROW(score_threshold(descending, std::vector<float>{1, -2}, -1, 0.5), InputError);
    EXPECT_THROW(score_threshold(descending, std::vector<float>{1, -1}, 0, 0.5), InputError);
}

}  // namespace
}  // namespace lacathode::test
