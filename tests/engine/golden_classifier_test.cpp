// The engine's classifier against the reference numbers, on every instruction set of this machine.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/instruction_sets.hpp"
#include "support/golden.hpp"
#include "support/golden_networks.hpp"

namespace lacathode::test {
namespace {

class GoldenClassifier : public testing::TestWithParam<std::string> {
  protected:
    GoldenClassifier()
        : instruction_set_(GetParam()),
          file_("classifier_d4.h5"),
          classifier_(make_engine_classifier(architecture_, golden_adam(file_, 0.0), 1)),
          data_{golden_matrix(file_, "x"), file_.array("label").as_float(),
                file_.array("weight").as_float()} {
        classifier_->load(golden_classifier_state(file_, "initial", architecture_));
    }

    InstructionSetScope instruction_set_;
    GoldenFile file_;
    ClassifierArchitecture architecture_;
    std::unique_ptr<Classifier> classifier_;
    ClassifierData data_;
};

TEST_P(GoldenClassifier, Scores) {
    const std::vector<float> logits = classifier_->logits(data_.x);
    const GoldenArray golden = file_.array("score");
    ASSERT_EQ(logits.size(), golden.values.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const double score = 1 / (1 + std::exp(-static_cast<double>(logits[i])));
        ASSERT_NEAR(score, golden.values[i], 5e-7) << "at " << i;
    }
}

TEST_P(GoldenClassifier, FiveStepsOfAdam) {
    const GoldenArray losses = file_.array("train/losses");
    const auto batch = static_cast<std::size_t>(file_.attribute("/", "batch_size"));
    std::vector<std::uint32_t> rows(batch);
    for (std::size_t step = 0; step < losses.values.size(); ++step) {
        std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(step * batch));
        EXPECT_NEAR(classifier_->training_step(data_, rows), losses.values[step], 2e-6);
    }
    const NamedArrays golden = golden_classifier_state(file_, "train/final", architecture_);
    const NamedArrays state = classifier_->state();
    std::size_t compared = 0;
    std::size_t far = 0;
    for (std::size_t a = 0; a < state.size(); ++a) {
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            ++compared;
            const double distance =
                static_cast<double>(state[a].values[i]) - static_cast<double>(golden[a].values[i]);
            far += std::abs(distance) > 1e-6 ? 1 : 0;
        }
    }
    EXPECT_LT(static_cast<double>(far), 0.005 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, GoldenClassifier,
                         testing::ValuesIn(engine_instruction_sets()),
                         [](const auto& parameter) { return test_name(parameter.param); });

}  // namespace
}  // namespace lacathode::test
