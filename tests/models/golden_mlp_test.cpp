// Every implementation of the MLP against the published reference implementation.
#include <gtest/gtest.h>

#include <cmath>

#include "models/implementations.hpp"
#include "models/network_cases.hpp"
#include "support/golden_networks.hpp"

namespace lacathode::test {
namespace {

class GoldenMlp : public testing::TestWithParam<Implementation> {
  protected:
    GoldenFile file_{"classifier_d4.h5"};
    MlpArchitecture architecture_;
    std::unique_ptr<MlpNetwork> mlp_ =
        make_mlp(architecture_, golden_adam(file_, 0), GetParam().execution());
    ClassifierData data_{golden_matrix(file_, "x"), file_.array("label").as_float(),
                         file_.array("weight").as_float()};

    void SetUp() override { mlp_->load(golden_mlp_state(file_, "initial", architecture_)); }
};

TEST_P(GoldenMlp, Scores) {
    const std::vector<float> logits = mlp_->logits(data_.x);
    const std::vector<double> scores = file_.array("score").values;
    ASSERT_EQ(logits.size(), scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        // Rounding of float32 logits.
        ASSERT_NEAR(1 / (1 + std::exp(-double{logits[i]})), scores[i], 5e-7) << "at " << i;
    }
}

TEST_P(GoldenMlp, FiveStepsOfAdam) {
    const std::vector<double> losses = file_.array("train/losses").values;
    const auto size = static_cast<std::size_t>(file_.attribute("/", "batch_size"));
    ASSERT_EQ(losses.size(), 5U);
    for (std::size_t step = 0; step < losses.size(); ++step) {
        const auto batch = rows(step * size, (step + 1) * size);
        EXPECT_NEAR(mlp_->training_step(data_, batch), losses[step], 2e-6) << step;
    }
    const NamedArrays golden = golden_mlp_state(file_, "train/final", architecture_);
    const NamedArrays state = mlp_->state();
    std::size_t compared = 0;
    std::size_t apart = 0;
    for (std::size_t a = 0; a < state.size(); ++a) {
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            ++compared;
            const double distance =
                std::abs(double{state[a].values[i]} - double{golden[a].values[i]});
            if (!(distance <= 1e-6)) ++apart;
        }
    }
    // Adam's first steps follow the sign of a gradient: where it is near zero, rounding decides.
    EXPECT_LE(static_cast<double>(apart), 0.005 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(EveryImplementation, GoldenMlp, all_implementations(),
                         [](const auto& test) { return test.param.name(); });

}  // namespace
}  // namespace lacathode::test
