// Both backends' classifier against the published reference implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/network_cases.hpp"

namespace lacathode::test {
namespace {

class GoldenClassifier : public ::testing::TestWithParam<Backend> {
  protected:
    GoldenFile file{"classifier_d4.h5"};
    ClassifierArchitecture architecture;
    std::vector<ArrayLayout> layout = classifier_state_layout(architecture);
    std::unique_ptr<Classifier> classifier = initial();
    ClassifierData data{Matrix<float>(640, 4, file.array("x").as_float()),
                        file.array("label").as_float(), file.array("weight").as_float()};

    [[nodiscard]] std::unique_ptr<Classifier> initial() const {
        auto made = make_network(
            GetParam(), architecture,
            {.learning_rate = file.attribute("/", "learning_rate"), .weight_decay = 0});
        made->load(golden_arrays(file, "initial", layout));
        return made;
    }
};

TEST_P(GoldenClassifier, Scores) {
    const std::vector<float> logits = classifier->logits(data.x);
    const std::vector<double> scores = file.array("score").values;
    ASSERT_EQ(logits.size(), scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        EXPECT_NEAR(1 / (1 + std::exp(-double{logits[i]})), scores[i], 1e-6);
    }
}

TEST_P(GoldenClassifier, FiveStepsOfAdam) {
    const std::vector<double> losses = file.array("train/losses").values;
    ASSERT_EQ(losses.size(), 5U);
    for (std::size_t step = 0; step < losses.size(); ++step) {
        const auto batch = rows(128 * step, 128 * (step + 1));
        EXPECT_NEAR(classifier->training_step(data, batch), losses[step], 2e-6) << step;
    }
    std::size_t compared = 0;
    std::size_t apart = 0;
    for (const NamedArray& array : classifier->state()) {
        const auto expected = file.array("train/final/" + array.name).as_float();
        ASSERT_EQ(array.values.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            ++compared;
            if (!(std::abs(double{array.values[i]} - double{expected[i]}) <= 1e-6)) ++apart;
        }
    }
    EXPECT_LE(static_cast<double>(apart), 0.005 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(Backends, GoldenClassifier, all_backends(), backend_name);

}  // namespace
}  // namespace lacathode::test
