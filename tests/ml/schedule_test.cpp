#include "lacathode/ml/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lacathode {
namespace {

TEST(LearningRateSchedule, ConstantIsOne) {
    for (const std::size_t step : {0U, 50U, 99U}) {
        EXPECT_EQ(learning_rate_factor(LearningRateSchedule::constant, step, 100), 1);
    }
}

TEST(LearningRateSchedule, OneCycleRisesToOneAndFallsToZero) {
    constexpr std::size_t steps = 1000;
    double highest = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        const double factor = learning_rate_factor(LearningRateSchedule::one_cycle, step, steps);
        EXPECT_GT(factor, 0);
        EXPECT_LE(factor, 1);
        if (step > 0) {
            const double before =
                learning_rate_factor(LearningRateSchedule::one_cycle, step - 1, steps);
            // Never a jump: at most the slope of the warm-up.
            EXPECT_LE(std::abs(factor - before), 0.0101) << "step " << step;
            if (step < steps / 10) {
                EXPECT_GT(factor, before) << "step " << step;
            }
            if (step > steps / 10) {
                EXPECT_LT(factor, before) << "step " << step;
            }
        }
        highest = std::max(highest, factor);
    }
    EXPECT_DOUBLE_EQ(highest, 1);
    EXPECT_LT(learning_rate_factor(LearningRateSchedule::one_cycle, steps - 1, steps), 1e-5);
}

// A line through the first tenth of 1000 steps, of which each adds a hundredth, then
// (1 + cos pi t) / 2 from t = 0 at step 100 to 1 at step 1000.
TEST(LearningRateSchedule, OneCycleIsALineAndHalfACosine) {
    const auto factor = [](std::size_t step) {
        return learning_rate_factor(LearningRateSchedule::one_cycle, step, 1000);
    };
    EXPECT_DOUBLE_EQ(factor(0), 0.01);
    EXPECT_DOUBLE_EQ(factor(49), 0.5);
    // To one step: the cosine falls by at most pi / 2 / 900 in each.
    EXPECT_NEAR(factor(325), (1 + std::sqrt(0.5)) / 2, 0.002);
    EXPECT_NEAR(factor(550), 0.5, 0.002);
    EXPECT_NEAR(factor(775), (1 - std::sqrt(0.5)) / 2, 0.002);
}

TEST(LearningRateSchedule, OneStepIsAWholeTraining) {
    EXPECT_EQ(learning_rate_factor(LearningRateSchedule::one_cycle, 0, 1), 1);
}

}  // namespace
}  // namespace lacathode
