// Every implementation of the MAF against the published reference implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "models/implementations.hpp"
#include "models/network_cases.hpp"
#include "support/golden_networks.hpp"

namespace lacathode::test {
namespace {

class GoldenMaf : public testing::TestWithParam<std::tuple<Implementation, std::string>> {
  protected:
    GoldenFile file_{std::get<1>(GetParam())};
    MafArchitecture architecture_ = golden_maf_architecture(file_);
    AdamOptions adam_ = golden_adam(file_);
    std::unique_ptr<MafNetwork> maf_ =
        make_maf(architecture_, adam_, std::get<0>(GetParam()).execution());
    FlowData data_{golden_matrix(file_, "x"), file_.array("m").as_float()};

    void SetUp() override { maf_->load(golden_maf_state(file_, "initial", architecture_)); }

    [[nodiscard]] std::vector<std::uint32_t> batch(std::size_t number) const {
        const auto size = static_cast<std::size_t>(file_.attribute("/", "batch_size"));
        return rows(number * size, (number + 1) * size);
    }
};

bool is_statistic(const NamedArray& array) {
    return array.name.ends_with("/running_mean") || array.name.ends_with("/running_var");
}

// Absolute tolerances; the same arithmetic in float64 differs from these float32 numbers by up to
// 3e-6 in z and 2e-5 in log p.
TEST_P(GoldenMaf, Evaluation) {
    const FlowForward forward = maf_->forward(data_.y, data_.mass);
    EXPECT_LE(largest_difference(forward.z.values(), file_.array("eval/z").as_float()), 1e-5);
    EXPECT_LE(largest_difference(forward.log_det, file_.array("eval/log_det").as_float()), 5e-5);
    const std::vector<double> log_p = log_prob(forward);
    const std::vector<double> expected = file_.array("eval/log_prob").values;
    ASSERT_EQ(log_p.size(), expected.size());
    for (std::size_t i = 0; i < log_p.size(); ++i) ASSERT_NEAR(log_p[i], expected[i], 5e-5) << i;
}

TEST_P(GoldenMaf, Inverse) {
    const Matrix<float> noise = golden_matrix(file_, "inverse/noise");
    const FlowInverse inverse = maf_->inverse(noise, file_.array("inverse/m").as_float());
    EXPECT_LE(largest_difference(inverse.y.values(), file_.array("inverse/x").as_float()), 1e-5);
}

// The statistics of the file's state are those of its x and m. They are overwritten first, so that
// only computing them can bring them back.
TEST_P(GoldenMaf, PopulationStatisticsAreThoseOfAllEvents) {
    const NamedArrays expected = golden_maf_state(file_, "initial", architecture_);
    NamedArrays other = expected;
    for (NamedArray& array : other) {
        if (is_statistic(array)) array.values.assign(array.values.size(), 1.0F);
    }
    maf_->load(other);
    EXPECT_EQ(maf_->set_population_statistics(data_), 0U);
    const NamedArrays state = maf_->state();
    ASSERT_EQ(state.size(), expected.size());
    for (std::size_t a = 0; a < state.size(); ++a) {
        if (!is_statistic(state[a])) {
            EXPECT_EQ(state[a].values, expected[a].values) << state[a].name;
            continue;
        }
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            const double value{expected[a].values[i]};
            EXPECT_NEAR(state[a].values[i], value, 1e-5 + 1e-5 * value) << state[a].name;
        }
        EXPECT_LE(relative_distance(state[a].values, expected[a].values), 1e-5) << state[a].name;
    }
}

TEST_P(GoldenMaf, TrainingModeLogProbAndGradient) {
    const NamedArrays before = maf_->state();
    const MafNetwork::Gradient result = maf_->training_gradient(data_, batch(0));
    EXPECT_LE(
        largest_difference(result.log_prob, file_.array("train/log_prob_first_batch").as_float()),
        5e-5);
    std::size_t compared = 0;
    for (const ArrayLayout& array : maf_state_layout(architecture_)) {
        if (array.name.find("running_") != std::string::npos) continue;
        const auto expected = file_.array("train/gradient_first_batch/" + array.name).as_float();
        const auto& values = find_array(result.gradient, array.name, array.shape).values;
        // 8e-5 is what float64 arithmetic differs by; the rest is room for another order of sums.
        EXPECT_LE(relative_distance(values, expected), 2e-4) << array.name;
        ++compared;
    }
    EXPECT_EQ(compared, result.gradient.size());
    EXPECT_TRUE(maf_->state() == before);
}

TEST_P(GoldenMaf, ThreeStepsOfAdam) {
    const std::vector<double> losses = file_.array("train/losses").values;
    ASSERT_EQ(losses.size(), 3U);
    for (std::size_t step = 0; step < losses.size(); ++step) {
        EXPECT_NEAR(maf_->training_step(data_, batch(step)), losses[step], 2e-6) << step;
    }
    expect_golden_state(file_, maf_->state(), golden_maf_state(file_, "train/final", architecture_),
                        adam_.learning_rate);
}

INSTANTIATE_TEST_SUITE_P(EveryImplementation, GoldenMaf,
                         testing::Combine(all_implementations(),
                                          testing::Values("flow_d2_h32_k3.h5",
                                                          "flow_d4_h128_k15.h5")),
                         [](const auto& test) {
                             return std::get<0>(test.param).name() +
                                    (std::get<1>(test.param).starts_with("flow_d2") ? "_d2"
                                                                                    : "_d4");
                         });

}  // namespace
}  // namespace lacathode::test
