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

// Distances of the mean and of the mean square from those of values uniform in (-1, 1), in their
// errors sqrt(1 / (3 n)) and sqrt(4 / (45 n)).
struct Distances {
    double mean;
    double mean_square;
};

Distances from_uniform(const std::vector<double>& values) {
    double sum = 0;
    double squares = 0;
    for (const double value : values) {
        sum += value;
        squares += value * value;
    }
    const auto n = static_cast<double>(values.size());
    return {sum / n * std::sqrt(3 * n), (squares / n - 1.0 / 3) * std::sqrt(45 * n / 4)};
}

void expect_uniform(const std::vector<double>& values, const std::string& name) {
    EXPECT_LT(std::abs(from_uniform(values).mean), 5) << name;
    EXPECT_LT(std::abs(from_uniform(values).mean_square), 5) << name;
}

// Uniform in +-1/sqrt(inputs), of four layers' weights and of all biases together: five sigma, ten
// numbers, false-alarm rate 6e-6; twins of half the width and without signs must fail. Of n values
// the largest is below 0.8 of the bound with probability 0.8^n: false-alarm rate 3e-6 of the four
// arrays of 64 values.
TEST(InitialClassifierState, IsUniformWithinTheInverseRootOfTheInputs) {
    std::vector<double> biases;  // in units of the bound, as all here
    for (const NamedArray& array : initial_mlp_state({}, RandomStream(1, "classifier"))) {
        const double inputs = array.name.starts_with("layer_0") ? 4 : 64;
        std::vector<double> values;
        double largest = 0;
        for (const float value : array.values) {
            values.push_back(double{value} * std::sqrt(inputs));
            largest = std::max(largest, std::abs(values.back()));
        }
        EXPECT_LE(largest, 1 + 1e-6) << array.name;
        if (values.size() >= 64) {
            EXPECT_GT(largest, 0.8) << array.name;
        }
        if (array.name.ends_with("weight")) {
            expect_uniform(values, array.name);
        } else {
            biases.insert(biases.end(), values.begin(), values.end());
        }
    }
    ASSERT_EQ(biases.size(), 3 * 64 + 1U);
    expect_uniform(biases, "biases");
    for (double& bias : biases) bias = std::abs(bias) / 2;
    EXPECT_LT(from_uniform(biases).mean_square, -5);
    for (double& bias : biases) bias *= 2;
    EXPECT_GT(from_uniform(biases).mean, 5);
}

}  // namespace
}  // namespace lacathode
