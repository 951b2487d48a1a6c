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
            if (step > steps / 10) {
                EXPECT_LT(factor, before) << "step " << step;
            }
        }
        highest = std::max(highest, factor);
    }
    EXPECT_DOUBLE_EQ(highest, 1);
    EXPECT_LT(learning_rate_factor(LearningRateSchedule::one_cycle, steps - 1, steps), 1e-5);
}

TEST(LearningRateSchedule, OneStepIsAWholeTraining) {
    EXPECT_EQ(learning_rate_factor(LearningRateSchedule::one_cycle, 0, 1), 1);
}

}  // namespace
}  // namespace lacathode
