// Both backends against the published reference implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/network_cases.hpp"

namespace lacathode::test {
namespace {

class GoldenFlow : public ::testing::TestWithParam<std::tuple<Backend, std::string>> {
  protected:
    GoldenFile file{std::get<1>(GetParam())};
    FlowArchitecture architecture{
        .features = size("features"), .hidden = size("hidden"), .blocks = size("blocks")};
    AdamOptions adam{.learning_rate = file.attribute("/", "learning_rate"),
                     .weight_decay = file.attribute("/", "weight_decay")};
    std::vector<ArrayLayout> layout = flow_state_layout(architecture);
    std::unique_ptr<DensityEstimator> flow = initial();
    FlowData data = events("x", "m");

    [[nodiscard]] std::size_t size(const char* attribute) const {
        return static_cast<std::size_t>(file.attribute("/", attribute));
    }
    [[nodiscard]] std::unique_ptr<DensityEstimator> initial() const {
        auto made = make_flow(std::get<0>(GetParam()), architecture, adam);
        made->load(golden_arrays(file, "initial", layout));
        return made;
    }
    [[nodiscard]] FlowData events(const char* features, const char* mass) const {
        const GoldenArray y = file.array(features);
        return {Matrix<float>(y.shape.at(0), y.shape.at(1), y.as_float()),
                file.array(mass).as_float()};
    }
    [[nodiscard]] std::vector<std::uint32_t> batch(std::size_t number) const {
        return rows(number * size("batch_size"), (number + 1) * size("batch_size"));
    }
};

// Absolute tolerances; the same arithmetic in float64 differs from these float32 numbers by up to
// 3e-6 in z and 2e-5 in log p.
TEST_P(GoldenFlow, Evaluation) {
    const FlowForward forward = flow->forward(data.y, data.mass);
    EXPECT_LE(largest_difference(forward.z.values(), file.array("eval/z").as_float()), 1e-5);
    EXPECT_LE(largest_difference(forward.log_det, file.array("eval/log_det").as_float()), 5e-5);
    const std::vector<double> log_p = log_prob(forward);
    const std::vector<double> expected = file.array("eval/log_prob").values;
    ASSERT_EQ(log_p.size(), expected.size());
    for (std::size_t i = 0; i < log_p.size(); ++i) EXPECT_NEAR(log_p[i], expected[i], 5e-5);
}

TEST_P(GoldenFlow, Inverse) {
    const FlowData noise = events("inverse/noise", "inverse/m");
    const FlowInverse inverse = flow->inverse(noise.y, noise.mass);
    EXPECT_LE(largest_difference(inverse.y.values(), file.array("inverse/x").as_float()), 1e-5);
}

TEST_P(GoldenFlow, PopulationStatistics) {
    NamedArrays state = flow->state();
    for (NamedArray& array : state) {
        if (array.name.find("running_") != std::string::npos)
            array.values.assign(array.values.size(), 1);
    }
    flow->load(state);
    flow->set_population_statistics(data);
    state = flow->state();
    for (const ArrayLayout& array : layout) {
        if (array.name.find("running_") == std::string::npos) continue;
        const auto expected = file.array("initial/" + array.name).as_float();
        const auto& values = find_array(state, array.name, array.shape).values;
        EXPECT_LE(relative_distance(values, expected), 1e-5) << array.name;
    }
}

TEST_P(GoldenFlow, TrainingModeAndGradient) {
    const NamedArrays before = flow->state();
    const DensityEstimator::Gradient result = flow->training_gradient(data, batch(0));
    EXPECT_LE(
        largest_difference(result.log_prob, file.array("train/log_prob_first_batch").as_float()),
        5e-5);
    std::size_t compared = 0;
    for (const ArrayLayout& array : layout) {
        if (array.name.find("running_") != std::string::npos) continue;
        const auto expected = file.array("train/gradient_first_batch/" + array.name).as_float();
        const auto& values = find_array(result.gradient, array.name, array.shape).values;
        EXPECT_LE(relative_distance(values, expected), 2e-4) << array.name;
        ++compared;
    }
    EXPECT_EQ(compared, result.gradient.size());
    EXPECT_TRUE(flow->state() == before);
}

TEST_P(GoldenFlow, ThreeStepsOfAdam) {
    const std::vector<double> losses = file.array("train/losses").values;
    for (std::size_t step = 0; step < losses.size(); ++step) {
        EXPECT_NEAR(flow->training_step(data, batch(step)), losses[step], 2e-6) << step;
    }
    const NamedArrays state = flow->state();
    std::size_t compared = 0;
    std::size_t apart = 0;
    for (const ArrayLayout& array : layout) {
        const auto expected = file.array("train/final/" + array.name).as_float();
        const auto& values = find_array(state, array.name).values;
        std::string mask_name = array.name;
        if (const auto at = mask_name.find("_weight"); at != std::string::npos) {
            mask_name.replace(at, 7, "_mask");
        }
        const bool masked = mask_name != array.name && file.has("initial/" + mask_name);
        const auto mask = masked ? file.array("initial/" + mask_name).as_float()
                                 : std::vector<float>(values.size(), 1);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (mask[i] == 0) continue;
            ++compared;
            if (!(std::abs(double{values[i]} - double{expected[i]}) <= 1e-6)) ++apart;
        }
    }
    // Adam divides by the gradient's own size, so rounding of tiny gradients moves a few weights.
    EXPECT_LE(static_cast<double>(apart), 0.005 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(
    Backends, GoldenFlow,
    ::testing::Combine(all_backends(),
                       ::testing::Values("flow_d2_h32_k3.h5", "flow_d4_h128_k15.h5")),
    [](const auto& test) {
        return std::string(std::get<0>(test.param) == Backend::torch ? "torch" : "engine") +
               (std::get<1>(test.param).starts_with("flow_d2") ? "_d2" : "_d4");
    });

}  // namespace
}  // namespace lacathode::test
