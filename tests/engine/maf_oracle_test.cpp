// The engine's MAF against the float64 reference, for many shapes, on every instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/instruction_sets.hpp"
#include "engine/random_maf.hpp"
#include "support/reference_flow.hpp"

namespace lacathode::test {
namespace {

Matrix<double> as_double(const Matrix<float>& values) {
    return {values.rows(), values.cols(), {values.values().begin(), values.values().end()}};
}
std::vector<double> as_double(const std::vector<float>& values) {
    return {values.begin(), values.end()};
}

class MafOracle : public testing::TestWithParam<std::tuple<std::size_t, std::string>> {
  protected:
    MafOracle()
        :  // 20 hidden units: fewer than the 19 degrees of 20 features would leave one without a
           // unit.
          architecture_{.features = std::get<0>(GetParam()), .hidden = 20, .blocks = 3},
          state_(random_state(architecture_, 1)),
          reference_(architecture_, state_),
          flow_(make_engine_maf(architecture_, {}, 1, std::get<1>(GetParam()))) {
        flow_->load(state_);
    }

    void expect_gradient_of_finite_differences(const FlowData& data);

    MafArchitecture architecture_;
    NamedArrays state_;
    ReferenceFlow reference_;
    std::unique_ptr<MafNetwork> flow_;
};

TEST_P(MafOracle, EvaluationMode) {
    const FlowData data = random_events(67, architecture_.features, 2);
    const FlowForward forward = flow_->forward(data.y, data.mass);
    const ReferenceResult expected =
        reference_.forward(as_double(data.y), as_double(data.mass), BatchNormMode::evaluation);
    for (std::size_t e = 0; e < data.size(); ++e) {
        // float32 rounding, some 1e-7 an operation, grows with the values.
        EXPECT_NEAR(static_cast<double>(forward.log_det[e]), expected.log_det[e],
                    1e-5 * (1 + std::abs(expected.log_det[e])));
        for (std::size_t i = 0; i < architecture_.features; ++i) {
            EXPECT_NEAR(static_cast<double>(forward.z(e, i)), expected.z(e, i),
                        2e-5 * (1 + std::abs(expected.z(e, i))));
        }
    }
}

TEST_P(MafOracle, TrainingModeLogProbOfBatchesOfAnySize) {
    const FlowData data = random_events(257, architecture_.features, 3);
    for (const std::size_t events : {1U, 2U, 3U, 31U, 33U, 255U, 256U, 257U}) {
        const FlowData batch = {
            Matrix<float>(
                events, data.y.cols(),
                {data.y.values().begin(),
                 data.y.values().begin() + static_cast<std::ptrdiff_t>(events * data.y.cols())}),
            {data.mass.begin(), data.mass.begin() + static_cast<std::ptrdiff_t>(events)}};
        const auto result = flow_->training_gradient(data, first_rows(events));
        const std::vector<double> expected = reference_log_prob(
            reference_.forward(as_double(batch.y), as_double(batch.mass), BatchNormMode::training));
        ASSERT_EQ(result.log_prob.size(), events);
        for (std::size_t e = 0; e < events; ++e) {
            EXPECT_NEAR(static_cast<double>(result.log_prob[e]), expected[e],
                        3e-5 * (1 + std::abs(expected[e])))
                << "event " << e << " of " << events;
        }
    }
}

// Of all events of `data`, by the weighted loss of the reference.
void MafOracle::expect_gradient_of_finite_differences(const FlowData& data) {
    const Matrix<double> y = as_double(data.y);
    const std::vector<double> mass = as_double(data.mass);
    std::vector<double> weight;
    for (std::size_t e = 0; e < data.size(); ++e) weight.push_back(data.weight_of(e));
    const NamedArrays gradient = flow_->training_gradient(data, first_rows(data.size())).gradient;
    RandomStream stream(5, "choice");
    for (const NamedArray& array : gradient) {
        float largest = 0;
        for (const float value : array.values) largest = std::max(largest, std::abs(value));
        for (int trial = 0; trial < 4; ++trial) {
            const std::size_t i = stream.below(array.values.size());
            if (!reference_.acts(array.name, i)) {
                EXPECT_EQ(array.values[i], 0.0F) << array.name << " " << i;
                continue;
            }
            double& parameter = reference_.parameter(array.name, i);
            const double value = parameter;
            constexpr double step = 1e-5;
            parameter = value + step;
            const double above = reference_.loss(y, mass, weight);
            parameter = value - step;
            const double below = reference_.loss(y, mass, weight);
            parameter = value;
            EXPECT_NEAR(static_cast<double>(array.values[i]), (above - below) / (2 * step),
                        2e-4 * static_cast<double>(largest) + 1e-6)
                << array.name << " " << i;
        }
    }
}

TEST_P(MafOracle, GradientIsThatOfFiniteDifferences) {
    expect_gradient_of_finite_differences(random_events(37, architecture_.features, 4));
}

// Weights from -1 to 3, of which the mean is not 1.
TEST_P(MafOracle, GradientOfWeightedEventsIsThatOfFiniteDifferences) {
    FlowData data = random_events(37, architecture_.features, 4);
    RandomStream stream(6, "weights");
    for (std::size_t e = 0; e < data.size(); ++e)
        data.weight.push_back(static_cast<float>(4 * stream.uniform() - 1));
    expect_gradient_of_finite_differences(data);
}

TEST_P(MafOracle, LossOfWeightedEventsIsTheirWeightedMean) {
    FlowData data = random_events(37, architecture_.features, 4);
    RandomStream stream(6, "weights");
    std::vector<double> weight;
    for (std::size_t e = 0; e < data.size(); ++e) {
        data.weight.push_back(static_cast<float>(4 * stream.uniform() - 1));
        weight.push_back(static_cast<double>(data.weight.back()));
    }
    const double expected = reference_.loss(as_double(data.y), as_double(data.mass), weight);
    EXPECT_NEAR(flow_->training_step(data, first_rows(37)), expected,
                3e-5 * (1 + std::abs(expected)));
}

TEST_P(MafOracle, WeightsOfOneAreAsNone) {
    const FlowData none = random_events(37, architecture_.features, 4);
    FlowData ones = none;
    ones.weight.assign(ones.size(), 1);
    const auto rows = first_rows(37);
    const auto a = flow_->training_gradient(none, rows);
    const auto b = flow_->training_gradient(ones, rows);
    EXPECT_EQ(a.gradient, b.gradient);
    const double loss = flow_->training_step(none, rows);
    const NamedArrays stepped = flow_->state();
    flow_->load(state_);
    EXPECT_EQ(flow_->training_step(ones, rows), loss);
    EXPECT_EQ(flow_->state(), stepped);
}

TEST_P(MafOracle, PopulationStatistics) {
    const FlowData data = random_events(1100, architecture_.features, 6);
    flow_->set_population_statistics(data);
    const auto expected = reference_.population_statistics(as_double(data.y), as_double(data.mass));
    const NamedArrays state = flow_->state();
    for (std::size_t k = 0; k < architecture_.blocks; ++k) {
        const std::string block = "block_0" + std::to_string(k) + "/";
        const auto& mean = find_array(state, block + "running_mean").values;
        const auto& variance = find_array(state, block + "running_var").values;
        for (std::size_t i = 0; i < architecture_.features; ++i) {
            const double expected_variance = expected[k][architecture_.features + i];
            EXPECT_NEAR(static_cast<double>(mean[i]), expected[k][i],
                        1e-5 * std::sqrt(expected_variance) + 1e-6);
            EXPECT_NEAR(static_cast<double>(variance[i]), expected_variance,
                        1e-5 * expected_variance);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, MafOracle,
                         testing::Combine(testing::Values(1U, 2U, 4U, 5U, 7U, 20U, 64U),
                                          every_instruction_set()),
                         [](const auto& parameters) {
                             return test_name("features_" +
                                              std::to_string(std::get<0>(parameters.param)) + "_" +
                                              std::get<1>(parameters.param));
                         });

}  // namespace
}  // namespace lacathode::test
