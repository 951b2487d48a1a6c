// A training that is stopped anywhere and goes on ends with the same bytes.
#include <gtest/gtest.h>

#include <tuple>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "lacathode/ml/trees_training.hpp"
#include "models/network_cases.hpp"
#include "models/stopping_keeper.hpp"

namespace lacathode::test {
namespace {

class ResumedTraining : public ::testing::TestWithParam<Backend> {};

// 36 batches an epoch.
TEST_P(ResumedTraining, Flow) {
    const FlowData training = correlated_events(9001, 4, 1);
    const FlowData validation = correlated_events(2000, 4, 2);
    const MafTrainingOptions options{.epochs = 4,
                                     .batch_size = 256,
                                     .keep_best = 2,
                                     .schedule = LearningRateSchedule::one_cycle};
    const auto train = [&](TrainingKeeper* keeper) {
        auto flow = make_flow(GetParam(), {.features = 4, .hidden = 16, .blocks = 3},
                              {.learning_rate = 1e-2}, 1);
        const TrainedMaf trained =
            train_maf(*flow, training, validation, options, RandomStream(11, "flow"), keeper);
        return std::tuple(trained.best.at(0).state, trained.best.at(1).state,
                          trained.best.at(0).epoch, trained.losses.training,
                          trained.losses.validation, trained.losses.validation_left_out,
                          trained.losses.statistics_left_out, flow->state());
    };
    const auto whole = train(nullptr);
    EXPECT_TRUE(with_stops({0}, train) == whole) << "before the first batch";
    EXPECT_TRUE(with_stops({7}, train) == whole) << "in the first epoch";
    EXPECT_TRUE(with_stops({36}, train) == whole) << "between two epochs";
    EXPECT_TRUE(with_stops({50, 20, 0, 60}, train) == whole) << "several times";
}

TEST_P(ResumedTraining, Classifier) {
    const ClassifierData training = labelled_events(3001, 4, 1);
    const ClassifierData validation = labelled_events(1000, 4, 2);
    const MlpTrainingOptions options{.epochs = 4, .batch_size = 128, .keep_best = 3};
    const auto train = [&](TrainingKeeper* keeper) {
        auto classifier = make_network(GetParam(), {}, {.learning_rate = 1e-3}, 1);
        const TrainedMlp trained = train_mlp(*classifier, training, validation, options,
                                             RandomStream(11, "classifier"), keeper);
        return std::tuple(trained.best.at(0).state, trained.best.at(2).state,
                          trained.best.at(0).epoch, trained.training_loss, trained.validation_loss,
                          trained.validation_accuracy, classifier->state());
    };
    const auto whole = train(nullptr);
    for (const std::vector<std::size_t>& stops :
         {std::vector<std::size_t>{0}, {5}, {24}, {30, 10, 0, 40}}) {
        EXPECT_TRUE(with_stops(stops, train) == whole) << stops.front();
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, ResumedTraining, all_backends(), backend_name);

TEST(ResumedTrees, GrowTheSameEnsemble) {
    const ClassifierData training = labelled_events(3001, 4, 1);
    const ClassifierData validation = labelled_events(1000, 4, 2);
    for (const double subsample : {1.0, 0.5}) {
        const auto train = [&](TrainingKeeper* keeper) {
            const TrainedTrees trained = train_trees(
                training, validation, {.trees = 30, .leaves = 7, .subsample = subsample},
                RandomStream(3, "trees"), 2, keeper);
            return std::tuple(trained.training_loss, trained.validation_loss, trained.ensemble);
        };
        const auto whole = train(nullptr);
        ASSERT_GT(std::get<0>(whole).size(), 10U);
        EXPECT_TRUE(with_stops({0}, train) == whole);
        EXPECT_TRUE(with_stops({3, 4}, train) == whole);
    }
}

TEST(TrainingStateNumbers, AMissingOneIsNamed) {
    EXPECT_THROW(static_cast<void>(TrainingState{}.numbers_of("position")), InputError);
}

}  // namespace
}  // namespace lacathode::test
