// The engine's flow against the published reference implementation's numbers, on every instruction
// set of this machine.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/instruction_sets.hpp"
#include "lacathode/engine/engine.hpp"
#include "support/golden.hpp"
#include "support/golden_networks.hpp"

namespace lacathode::test {
namespace {

class GoldenFlow : public testing::TestWithParam<std::tuple<std::string, std::string>> {
  protected:
    GoldenFlow()
        : instruction_set_(std::get<1>(GetParam())),
          file_(std::get<0>(GetParam())),
          architecture_(golden_flow_architecture(file_)),
          adam_(golden_adam(file_)),
          flow_(make_engine_flow(architecture_, adam_, 1)),
          data_(golden_flow_data(file_)),
          batch_(static_cast<std::size_t>(file_.attribute("/", "batch_size"))) {
        flow_->load(golden_flow_state(file_, "initial", architecture_));
    }

    [[nodiscard]] std::vector<std::uint32_t> batch_rows(std::size_t batch) const {
        std::vector<std::uint32_t> rows(batch_);
        std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(batch * batch_));
        return rows;
    }

    InstructionSetScope instruction_set_;
    GoldenFile file_;
    FlowArchitecture architecture_;
    AdamOptions adam_;
    std::unique_ptr<DensityEstimator> flow_;
    FlowData data_;
    std::size_t batch_;
};

void expect_close(std::span<const float> values, const GoldenArray& golden, double tolerance) {
    ASSERT_EQ(values.size(), golden.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(values[i]), golden.values[i], tolerance) << "at " << i;
    }
}

TEST_P(GoldenFlow, EvaluationMode) {
    const FlowForward forward = flow_->forward(data_.y, data_.mass);
    expect_close(forward.z.values(), file_.array("eval/z"), 1e-5);
    expect_close(forward.log_det, file_.array("eval/log_det"), 5e-5);
    const std::vector<double> log_probs = log_prob(forward);
    const GoldenArray golden = file_.array("eval/log_prob");
    for (std::size_t i = 0; i < log_probs.size(); ++i) {
        ASSERT_NEAR(log_probs[i], golden.values[i], 5e-5) << "at " << i;
    }
}

TEST_P(GoldenFlow, Inverse) {
    const GoldenArray noise = file_.array("inverse/noise");
    const Matrix<float> z(noise.shape[0], noise.shape[1], noise.as_float());
    const FlowInverse inverse = flow_->inverse(z, file_.array("inverse/m").as_float());
    expect_close(inverse.y.values(), file_.array("inverse/x"), 1e-5);
}

TEST_P(GoldenFlow, PopulationStatisticsAreThoseOfAllEvents) {
    const NamedArrays golden = flow_->state();
    flow_->set_population_statistics(data_);
    const NamedArrays state = flow_->state();
    for (std::size_t a = 0; a < state.size(); ++a) {
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            const double value = static_cast<double>(golden[a].values[i]);
            ASSERT_NEAR(static_cast<double>(state[a].values[i]), value, 1e-5 + 1e-5 * value)
                << state[a].name;
        }
    }
}

TEST_P(GoldenFlow, TrainingModeLogProbAndGradient) {
    const auto result = flow_->training_gradient(data_, batch_rows(0));
    expect_close(result.log_prob, file_.array("train/log_prob_first_batch"), 5e-5);
    for (const NamedArray& array : result.gradient) {
        const GoldenArray golden = file_.array("train/gradient_first_batch/" + array.name);
        // 8e-5 is what float64 arithmetic differs by; the rest is room for another order of sums.
        EXPECT_LT(relative_distance(array.values, golden.values), 2e-4) << array.name;
    }
}

TEST_P(GoldenFlow, ThreeStepsOfAdam) {
    const GoldenArray losses = file_.array("train/losses");
    for (std::size_t step = 0; step < losses.values.size(); ++step) {
        EXPECT_NEAR(flow_->training_step(data_, batch_rows(step)), losses.values[step], 2e-6);
    }
    const NamedArrays golden = golden_flow_state(file_, "train/final", architecture_);
    const NamedArrays state = flow_->state();
    std::size_t compared = 0;
    std::size_t far = 0;
    for (std::size_t a = 0; a < state.size(); ++a) {
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            ++compared;
            const double distance =
                static_cast<double>(state[a].values[i]) - static_cast<double>(golden[a].values[i]);
            far += std::abs(distance) > 1e-6 ? 1 : 0;
            // A gradient of the wrong sign moves a weight by three times the learning rate.
            EXPECT_LT(std::abs(distance), 6.1 * adam_.learning_rate) << state[a].name;
        }
    }
    // Adam's first steps follow the sign of a gradient: where it is near zero, rounding decides.
    EXPECT_LT(static_cast<double>(far), 0.005 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(
    EveryInstructionSet, GoldenFlow,
    testing::Combine(testing::Values("flow_d4_h128_k15.h5", "flow_d2_h32_k3.h5"),
                     testing::ValuesIn(engine_instruction_sets())),
    [](const auto& parameters) {
        return test_name(std::get<0>(parameters.param) + "_" + std::get<1>(parameters.param));
    });

}  // namespace
}  // namespace lacathode::test
