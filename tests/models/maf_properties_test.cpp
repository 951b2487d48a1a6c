// What any conditional autoregressive flow must satisfy, whatever its weights.
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "models/network_cases.hpp"

namespace lacathode::test {
namespace {

class MafProperties : public ::testing::TestWithParam<Backend> {
  protected:
    [[nodiscard]] std::unique_ptr<MafNetwork> flow(const MafArchitecture& architecture) const {
        auto made = make_flow(GetParam(), architecture);
        made->load(varied_flow_state(architecture, 5));
        made->set_population_statistics(correlated_events(2000, architecture.features, 6));
        return made;
    }
};

TEST_P(MafProperties, InverseUndoesForwardAndTheLogDeterminantsCancel) {
    for (const std::size_t features : {1U, 2U, 3U, 4U, 7U, 20U}) {
        const auto made = flow({.features = features, .hidden = 24, .blocks = 4});
        const FlowData data = correlated_events(300, features, 7);
        const FlowForward forward = made->forward(data.y, data.mass);
        const FlowInverse inverse = made->inverse(forward.z, data.mass);
        // Rounding in z, multiplied by the inverse's slope block after block.
        EXPECT_LE(largest_difference(inverse.y.values(), data.y.values()), 1e-4) << features;
        for (std::size_t i = 0; i < data.size(); ++i) {
            EXPECT_NEAR(forward.log_det[i] + inverse.log_det[i], 0, 1e-4) << features;
        }
    }
}

// One block, reversed behind: z[D - 1 - i] sees y[0..i] only, and exactly so.
TEST_P(MafProperties, TheJacobianOfABlockIsTriangular) {
    constexpr std::size_t features = 5;
    const auto made = flow({.features = features, .hidden = 16, .blocks = 1});
    const FlowData data = correlated_events(50, features, 8);
    const FlowForward base = made->forward(data.y, data.mass);
    for (std::size_t moved = 0; moved < features; ++moved) {
        Matrix<float> y = data.y;
        for (std::size_t row = 0; row < y.rows(); ++row) y(row, moved) += 1.5F;
        const FlowForward shifted = made->forward(y, data.mass);
        for (std::size_t row = 0; row < y.rows(); ++row) {
            for (std::size_t i = 0; i < features; ++i) {
                const std::size_t out = features - 1 - i;
                const float before = base.z(row, out);
                const float after = shifted.z(row, out);
                EXPECT_TRUE(i < moved ? after == before : i > moved || after > before)
                    << "feature " << moved << " moved, output of " << i;
            }
        }
    }
}

TEST_P(MafProperties, TheDensityIntegratesToOneWithOneFeature) {
    const auto made = flow({.features = 1, .hidden = 8, .blocks = 3});
    constexpr double step = 0.01;
    Matrix<float> y(4001, 1);
    for (std::size_t i = 0; i < y.rows(); ++i) {
        y(i, 0) = static_cast<float>(step * (static_cast<double>(i) - 2000));
    }
    for (const float mass : {2.0F, 3.5F, 5.0F}) {
        double sum = 0;
        for (const double log_p : log_prob(made->forward(y, std::vector<float>(y.rows(), mass)))) {
            sum += std::exp(log_p) * step;
        }
        EXPECT_NEAR(sum, 1, 1e-4) << mass;  // float32 rounding of the densities
    }
}

TEST_P(MafProperties, TheDensityIntegratesToOneWithTwoFeatures) {
    const auto made = flow({.features = 2, .hidden = 8, .blocks = 2});
    constexpr std::size_t points = 801;
    constexpr double step = 0.05;
    Matrix<float> y(points * points, 2);
    const auto coordinate = [](std::size_t i) {
        return static_cast<float>(step * (static_cast<double>(i) - points / 2));
    };
    for (std::size_t row = 0; row < y.rows(); ++row) {
        y(row, 0) = coordinate(row / points);
        y(row, 1) = coordinate(row % points);
    }
    double sum = 0;
    for (const double log_p : log_prob(made->forward(y, std::vector<float>(y.rows(), 3.0F)))) {
        sum += std::exp(log_p) * step * step;
    }
    EXPECT_NEAR(sum, 1, 1e-3);  // the grid's steps at the kinks of the ReLUs
}

// Masked weights may come back as anything: they never act.
TEST_P(MafProperties, AStateComesBackAsItWasLoaded) {
    for (const std::size_t features : {1U, 4U}) {
        const MafArchitecture architecture{.features = features, .hidden = 9, .blocks = 3};
        const NamedArrays state = varied_flow_state(architecture, 9);
        auto made = make_flow(GetParam(), architecture);
        made->load(state);
        const NamedArrays returned = made->state();
        ASSERT_EQ(returned.size(), state.size());
        for (std::size_t i = 0; i < state.size(); ++i) {
            EXPECT_EQ(returned[i].name, state[i].name);
            EXPECT_EQ(acting_values(architecture, returned[i]),
                      acting_values(architecture, state[i]))
                << state[i].name;
        }
        made->load(returned);
        EXPECT_TRUE(made->state() == returned);
    }
}

TEST_P(MafProperties, AStateThatDoesNotFitIsAnInputErrorAndChangesNothing) {
    const MafArchitecture architecture{.features = 3, .hidden = 8, .blocks = 2};
    auto made = flow(architecture);
    const NamedArrays before = made->state();
    NamedArrays missing = varied_flow_state(architecture, 1);
    missing.pop_back();
    EXPECT_THROW(made->load(missing), InputError);
    EXPECT_THROW(made->load(varied_flow_state({3, 9, 2}, 1)), InputError);
    EXPECT_TRUE(made->state() == before);
}

TEST_P(MafProperties, LoadingResetsAdam) {
    const MafArchitecture architecture{.features = 3, .hidden = 8, .blocks = 2};
    const NamedArrays start = varied_flow_state(architecture, 3);
    const FlowData data = correlated_events(64, 3, 4);
    auto made = make_flow(GetParam(), architecture);
    made->load(start);
    made->training_step(data, rows(0, 32));
    const NamedArrays after_one = made->state();
    made->training_step(data, rows(32, 64));
    made->load(start);
    made->training_step(data, rows(0, 32));
    EXPECT_TRUE(made->state() == after_one);
}

TEST_P(MafProperties, NoRowsGiveNoRows) {
    const auto made = flow({.features = 3, .hidden = 8, .blocks = 2});
    EXPECT_EQ(made->forward(Matrix<float>(0, 3), {}).z.rows(), 0U);
    EXPECT_EQ(made->inverse(Matrix<float>(0, 3), {}).log_det.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Backends, MafProperties, all_backends(), backend_name);

}  // namespace
}  // namespace lacathode::test
