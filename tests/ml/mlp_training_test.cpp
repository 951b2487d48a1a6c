#include "lacathode/ml/mlp_training.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// Its logit is the same for every row: the epoch's entry of a script while it trains, and what its
// state says once a state is loaded.
class ScriptedClassifier final : public MlpNetwork {
  public:
    explicit ScriptedClassifier(std::vector<float> script) : script_(std::move(script)) {}

    const MlpArchitecture& architecture() const override { return architecture_; }
    NamedArrays state() const override { return {{"logit", {1}, {logit_}}}; }
    void load(const NamedArrays& state) override {
        logit_ = state.at(0).name == "logit" ? state[0].values.at(0) : script_.at(0);
    }
    double training_step(const ClassifierData& data, std::span<const std::uint32_t> rows) override {
        events_ += rows.size();
        logit_ = script_.at(events_ / data.size());
        return loss;
    }
    NamedArrays training_gradient(const ClassifierData&, std::span<const std::uint32_t>) override {
        return {};
    }
    AdamMoments adam_moments() const override { return {}; }
    void load_adam_moments(const AdamMoments&) override {}
    void scale_learning_rate(double) override {}
    std::vector<float> logits(const Matrix<float>& x) const override {
        return std::vector<float>(x.rows(), logit_);
    }

    double loss = 0.5;

  private:
    MlpArchitecture architecture_{.inputs = 1, .hidden = {2}};
    std::vector<float> script_;
    float logit_ = 0;
    std::size_t events_ = 0;
};

ClassifierData one_sided(std::size_t count) {
    return {Matrix<float>(count, 1), std::vector<float>(count, 1), std::vector<float>(count, 2)};
}

std::unique_ptr<MlpNetwork> scripted() {
    return std::make_unique<ScriptedClassifier>(std::vector<float>{0});
}

const RandomStream stream(3, "train_classifier");

TEST(ClassifierTraining, KeepsTheEpochsOfLowestWeightedCrossEntropy) {
    ScriptedClassifier classifier({0, 1, 3, 2, -50});
    const TrainedMlp trained = train_mlp(classifier, one_sided(10), one_sided(5),
                                         {.epochs = 4, .batch_size = 4, .keep_best = 2}, stream);
    ASSERT_EQ(trained.best.size(), 2U);
    EXPECT_EQ(trained.best[0].epoch, 2U);
    EXPECT_EQ(trained.best[1].epoch, 3U);
    ASSERT_EQ(trained.validation_loss.size(), 5U);
    EXPECT_NEAR(trained.validation_loss[0], 2 * std::log(2.0), 1e-12);
    EXPECT_NEAR(trained.validation_loss[2], -2 * std::log(sigmoid(3)), 1e-12);
    EXPECT_NEAR(trained.validation_loss[4], 100, 1e-12);
    EXPECT_NEAR(trained.training_loss[0], 2 * std::log(2.0), 1e-12);
    EXPECT_DOUBLE_EQ(trained.training_loss[4], 0.5);
}

TEST(ClassifierTraining, TheAccuracyIsThatOfTheWeight) {
    const ClassifierData data{Matrix<float>(4, 1), {1, 1, 0, 0}, {3, 1, 2, 2}};
    EXPECT_DOUBLE_EQ(weighted_accuracy(std::vector<float>{1, -1, -1, 1}, data), 5.0 / 8);
    EXPECT_DOUBLE_EQ(weighted_accuracy(std::vector<float>{1, 1, 0, 0}, data), 1);
    ScriptedClassifier classifier({-1, 1, -2});
    const TrainedMlp trained = train_mlp(classifier, one_sided(4), one_sided(2),
                                         {.epochs = 2, .batch_size = 4, .keep_best = 1}, stream);
    EXPECT_THAT(trained.validation_accuracy, ::testing::ElementsAre(0, 1, 0));
}

TEST(ClassifierTraining, TheEnsembleIsTheMeanOfTheSigmoids) {
    std::vector<Checkpoint> states;
    for (const float logit : {-2.0F, 0.5F, 4.0F})
        states.push_back({1, 0, {{"logit", {1}, {logit}}}});
    const std::vector<float> scores =
        make_mlp_ensemble(scripted(), states)->score(Matrix<float>(2, 1));
    const double mean = (sigmoid(-2) + sigmoid(0.5) + sigmoid(4)) / 3;
    ASSERT_EQ(scores.size(), 2U);
    EXPECT_FLOAT_EQ(scores[1], static_cast<float>(mean));
    EXPECT_THROW(make_mlp_ensemble(scripted(), {}), UsageError);
}

TEST(ClassifierTraining, KeepingMoreEpochsThanThereAreIsAUsageError) {
    ScriptedClassifier classifier({0, 0});
    EXPECT_THAT(
        [&] {
            train_mlp(classifier, one_sided(10), one_sided(5),
                      {.epochs = 3, .batch_size = 4, .keep_best = 10}, stream);
        },
        ThrowsMessage<UsageError>(HasSubstr("keep_best is 10 but there are only 3 epochs")));
}

TEST(ClassifierTraining, ANonFiniteLossNamesEpochAndBatch) {
    ScriptedClassifier classifier({0, 0});
    classifier.loss = std::nan("");
    EXPECT_THAT(
        [&] {
            train_mlp(classifier, one_sided(10), one_sided(5),
                      {.epochs = 1, .batch_size = 4, .keep_best = 1}, stream);
        },
        ThrowsMessage<NumericalError>(HasSubstr("epoch 1, batch 1 of 3")));
    ScriptedClassifier diverged({0, std::numeric_limits<float>::infinity()});
    EXPECT_THAT(
        [&] {
            train_mlp(diverged, one_sided(10), one_sided(5),
                      {.epochs = 1, .batch_size = 4, .keep_best = 1}, stream);
        },
        ThrowsMessage<NumericalError>(HasSubstr("validation loss")));
}

TEST(ClassifierTraining, EmptyDataIsAnInputError) {
    ScriptedClassifier classifier({0, 0});
    const MlpTrainingOptions options{.epochs = 1, .batch_size = 4, .keep_best = 1};
    EXPECT_THROW(train_mlp(classifier, one_sided(0), one_sided(5), options, stream), InputError);
    EXPECT_THROW(train_mlp(classifier, one_sided(5), one_sided(0), options, stream), InputError);
}

TEST(ClassifierTraining, NonFiniteDataIsAnInputError) {
    ScriptedClassifier classifier({0, 0});
    const auto train = [&](const ClassifierData& training, const ClassifierData& validation) {
        train_mlp(classifier, training, validation, {.epochs = 1, .batch_size = 4, .keep_best = 1},
                  stream);
    };
    ClassifierData bad = one_sided(10);
    bad.x(7, 0) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT([&] { train(bad, one_sided(5)); },
                ThrowsMessage<InputError>(
                    HasSubstr("classifier training inputs: column 0 of row 7 is nan")));
    bad = one_sided(10);
    bad.weight[3] = std::numeric_limits<float>::infinity();
    EXPECT_THAT([&] { train(one_sided(5), bad); },
                ThrowsMessage<InputError>(
                    HasSubstr("classifier validation weights: column 0 of row 3 is inf")));
}

}  // namespace
}  // namespace lacathode
