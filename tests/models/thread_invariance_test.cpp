// The same seed gives the same bytes, whatever the number of threads.
#include <gtest/gtest.h>

#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "models/network_cases.hpp"

namespace lacathode::test {
namespace {

class ThreadInvariance : public ::testing::TestWithParam<Backend> {};

TEST_P(ThreadInvariance, Flow) {
    const MafArchitecture architecture{.features = 4, .hidden = 32, .blocks = 3};
    const FlowData training = correlated_events(9001, 4, 1);
    const FlowData validation = correlated_events(5000, 4, 2);
    const auto train = [&](int threads) {
        auto flow = make_flow(GetParam(), architecture, {}, threads);
        TrainedMaf trained =
            train_maf(*flow, training, validation, {.epochs = 1, .batch_size = 256, .keep_best = 1},
                      RandomStream(11, "flow"));
        FlowForward forward = flow->forward(training.y, training.mass);
        return std::tuple(trained.best.at(0).state, trained.losses.training,
                          trained.losses.validation, forward.z, forward.log_det,
                          flow->inverse(forward.z, training.mass).y);
    };
    EXPECT_TRUE(train(1) == train(2));
}

TEST_P(ThreadInvariance, Classifier) {
    const ClassifierData training = labelled_events(9001, 4, 1);
    const ClassifierData validation = labelled_events(5000, 4, 2);
    const auto train = [&](int threads) {
        auto classifier = make_network(GetParam(), {}, {}, threads);
        TrainedMlp trained = train_mlp(*classifier, training, validation,
                                       {.epochs = 2, .batch_size = 128, .keep_best = 2},
                                       RandomStream(11, "classifier"));
        return std::tuple(
            trained.best.at(0).state, trained.validation_loss,
            make_mlp_ensemble(std::move(classifier), trained.best)->score(training.x));
    };
    EXPECT_TRUE(train(1) == train(2));
}

INSTANTIATE_TEST_SUITE_P(Backends, ThreadInvariance, all_backends(), backend_name);

}  // namespace
}  // namespace lacathode::test
