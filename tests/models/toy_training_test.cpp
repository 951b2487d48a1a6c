// A training that must reach a known answer: a normal distribution whose mean moves with the mass.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "models/network_cases.hpp"

namespace lacathode::test {
namespace {

// correlated_events: y_0 ~ N(0.18 (m - 3.5), 0.8), y_1 ~ N(0.6 y_0, 0.8) given m.
double true_log_prob(std::span<const float> y, double mass) {
    const double a = (double{y[0]} - 0.18 * (mass - 3.5)) / 0.8;
    const double b = (double{y[1]} - 0.6 * double{y[0]}) / 0.8;
    return -0.5 * (a * a + b * b) - std::log(2 * std::numbers::pi * 0.8 * 0.8);
}

double true_loss(const FlowData& data) {
    double sum = 0;
    for (std::size_t row = 0; row < data.size(); ++row) {
        sum -= true_log_prob(data.y.row(row), data.mass[row]);
    }
    return sum / static_cast<double>(data.size());
}

class ToyTraining : public ::testing::TestWithParam<Backend> {};

TEST_P(ToyTraining, TheFlowReachesTheEntropyOfANormalDistribution) {
    constexpr std::size_t validation_events = 20'000;
    const FlowData training = correlated_events(20'000, 2, 1);
    const FlowData validation = correlated_events(validation_events, 2, 2);
    auto flow =
        make_flow(GetParam(), {.features = 2, .hidden = 16, .blocks = 3}, {.learning_rate = 2e-3});
    const TrainedMaf trained =
        train_maf(*flow, training, validation, {.epochs = 8, .batch_size = 256, .keep_best = 2},
                  RandomStream(1, "toy"));

    // The mean of -log p over V events scatters by sqrt(D / 2 / V) about the entropy: four sigma,
    // false-alarm rate 6e-5 (of the events; they are the same in every run).
    const double entropy = std::log(2 * std::numbers::pi * std::numbers::e * 0.8 * 0.8);
    EXPECT_NEAR(true_loss(validation), entropy, 4 / std::sqrt(validation_events));
    // On the same events the difference is the divergence of the trained density from the truth: at
    // least 0, within its own scatter of sqrt(2 x 0.01 / V) = 0.001.
    const double divergence = trained.best.at(0).validation_loss - true_loss(validation);
    EXPECT_LT(divergence, 0.01);
    EXPECT_GT(divergence, -0.004);
    // The twin that must fail: the untrained flow.
    EXPECT_GT(trained.losses.validation.at(0) - true_loss(validation), 0.05);
    EXPECT_LT(trained.losses.training.back(), trained.losses.training.at(0));
}

TEST_P(ToyTraining, TheClassifierFindsTheLikelihoodRatio) {
    // Two normal distributions one apart: logit = x - 0.5, loss = E[log(1 + exp(-logit))].
    constexpr std::size_t count = 20'000;
    RandomStream random(4, "classes");
    const auto make = [&] {
        ClassifierData data{Matrix<float>(count, 1), {}, {}};
        for (std::size_t row = 0; row < count; ++row) {
            data.target.push_back(static_cast<float>(row % 2));
            data.x(row, 0) = static_cast<float>(random.normal() + double(row % 2));
        }
        ClassifierData same = data;
        set_class_weights(data, same);
        return data;
    };
    const ClassifierData training = make();
    const ClassifierData validation = make();
    auto classifier = make_network(GetParam(), {.inputs = 1, .hidden = {16, 16}},
                                   {.learning_rate = 2e-3, .weight_decay = 0});
    const TrainedMlp trained =
        train_mlp(*classifier, training, validation,
                  {.epochs = 6, .batch_size = 128, .keep_best = 3}, RandomStream(1, "toy"));
    double best_possible = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const double logit = double{validation.x(row, 0)} - 0.5;
        best_possible += std::log1p(std::exp(validation.target[row] == 1 ? -logit : logit));
    }
    best_possible /= static_cast<double>(count);
    EXPECT_LT(trained.best.at(0).validation_loss - best_possible, 0.005);
    EXPECT_GT(trained.best.at(0).validation_loss - best_possible, -0.003);
    EXPECT_GT(trained.validation_loss.at(0) - best_possible, 0.05);  // untrained: must fail
    const std::vector<float> scores = make_mlp_ensemble(std::move(classifier), trained.best)
                                          ->score(Matrix<float>(2, 1, {-1.0F, 2.0F}));
    EXPECT_NEAR(scores.at(0), 1 / (1 + std::exp(1.5)), 0.04);
    EXPECT_NEAR(scores.at(1), 1 / (1 + std::exp(-1.5)), 0.04);
}

INSTANTIATE_TEST_SUITE_P(Backends, ToyTraining, all_backends(), backend_name);

}  // namespace
}  // namespace lacathode::test
