#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "lacathode/ml/state_layout.hpp"

namespace lacathode {
namespace {

// Largest deviation of the Gram matrix of the shorter side from the identity.
double distance_from_orthogonal(const NamedArray& matrix) {
    const auto rows = static_cast<std::size_t>(matrix.shape[0]);
    const auto cols = static_cast<std::size_t>(matrix.shape[1]);
    const std::size_t count = std::min(rows, cols);
    const auto entry = [&](std::size_t vector, std::size_t i) {
        return double{rows >= cols ? matrix.values[i * cols + vector]
                                   : matrix.values[vector * cols + i]};
    };
    double distance = 0;
    for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < count; ++b) {
            double product = 0;
            for (std::size_t i = 0; i < std::max(rows, cols); ++i)
                product += entry(a, i) * entry(b, i);
            distance = std::max(distance, std::abs(product - (a == b ? 1 : 0)));
        }
    }
    return distance;
}

TEST(InitialFlowState, MatricesAreOrthogonalAndTheRestNeutral) {
    for (const std::size_t features : {1U, 4U, 20U}) {
        const MafArchitecture architecture{.features = features, .hidden = 24, .blocks = 2};
        const NamedArrays state = initial_maf_state(architecture, RandomStream(1, "flow"));
        const auto layout = maf_state_layout(architecture);
        ASSERT_EQ(state.size(), layout.size());
        for (std::size_t i = 0; i < state.size(); ++i) {
            EXPECT_EQ(state[i].name, layout[i].name);
            EXPECT_EQ(state[i].shape, layout[i].shape);
            if (state[i].shape.size() == 2) {
                // float32 rounding of entries below 1
                EXPECT_LT(distance_from_orthogonal(state[i]), 1e-6) << state[i].name;
            } else {
                const float value = state[i].name.ends_with("running_var") ? 1.0F : 0.0F;
                EXPECT_EQ(std::ranges::count(state[i].values, value), std::ssize(state[i].values));
            }
        }
    }
}

// A uniform rotation has entries of mean 0 and variance 1 / n, and a trace of mean 0 and variance
// 1. Without the positive diagonal of R the diagonal of Q would be biased (its QR by Householder
// has a negative diagonal on average). False-alarm rate 6e-5: four sigma, two numbers.
TEST(InitialFlowState, RotationsAreUniform) {
    const MafArchitecture architecture{.features = 2, .hidden = 64, .blocks = 60};
    const NamedArrays state = initial_maf_state(architecture, RandomStream(2, "flow"));
    double trace = 0;
    double first_column = 0;
    for (const NamedArray& array : state) {
        if (!array.name.ends_with("hidden_weight")) continue;
        for (std::size_t i = 0; i < 64; ++i) trace += double{array.values[i * 65]};
        first_column += double{array.values[0]};
    }
    EXPECT_LT(std::abs(trace) / std::sqrt(60.0), 4);
    EXPECT_LT(std::abs(first_column) / std::sqrt(60.0 / 64), 4);
}

TEST(InitialFlowState, DependsOnSeedAndBlock) {
    const MafArchitecture architecture{.features = 2, .hidden = 8, .blocks = 2};
    const NamedArrays a = initial_maf_state(architecture, RandomStream(1, "flow"));
    EXPECT_EQ(a, initial_maf_state(architecture, RandomStream(1, "flow")));
    EXPECT_NE(a, initial_maf_state(architecture, RandomStream(2, "flow")));
    EXPECT_NE(find_array(a, "block_00/hidden_weight").values,
              find_array(a, "block_01/hidden_weight").values);
}

// Uniform in +-1/sqrt(inputs): bounded, and the variance is bound^2 / 3. With 4096 values the
// sample variance scatters by 1.4 %; five sigma, false-alarm rate 6e-7.
TEST(InitialClassifierState, IsUniformWithinTheInverseRootOfTheInputs) {
    const NamedArrays state = initial_mlp_state({}, RandomStream(1, "classifier"));
    for (const NamedArray& array : state) {
        const double inputs = array.name.starts_with("layer_0") ? 4 : 64;
        const double bound = 1 / std::sqrt(inputs);
        double sum = 0;
        for (const double value : array.values) {
            EXPECT_LE(std::abs(value), bound * (1 + 1e-6));
            sum += value * value;
        }
        if (array.name == "layer_1/weight") {
            EXPECT_NEAR(sum / 4096 / (bound * bound / 3), 1, 0.07);
        }
    }
}

}  // namespace
}  // namespace lacathode
