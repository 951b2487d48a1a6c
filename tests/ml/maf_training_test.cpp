#include "lacathode/ml/maf_training.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "ml/scripted_flow.hpp"

namespace lacathode::test {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

const RandomStream stream(7, "train_flow");

std::vector<std::size_t> epochs(const std::vector<Checkpoint>& best) {
    std::vector<std::size_t> result;
    for (const Checkpoint& checkpoint : best) {
        EXPECT_EQ(checkpoint.state.at(0).values.at(0), static_cast<float>(checkpoint.epoch));
        result.push_back(checkpoint.epoch);
    }
    return result;
}

int occurrences(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto place = text.find(part); place != std::string::npos;
         place = text.find(part, place + 1))
        ++count;
    return count;
}

TEST(MafTraining, KeepsTheBestEpochsInOrderEarlierFirstOnTies) {
    ScriptedFlow flow({9, 5, 3, 4, 3, 6, 2});
    const TrainedMaf trained = train_maf(flow, events(20), events(10),
                                         {.epochs = 6, .batch_size = 8, .keep_best = 4}, stream);
    EXPECT_THAT(epochs(trained.best), ElementsAre(6, 2, 4, 3));
    // Epochs 1, 2, 3, 4 and 6 were each among the best four when they came.
    EXPECT_EQ(flow.states_copied, 5);
}

TEST(MafTraining, TheUntrainedFlowIsRecordedButNeverKept) {
    ScriptedFlow flow({1, 5, 4});
    const TrainedMaf trained = train_maf(flow, events(20), events(10),
                                         {.epochs = 2, .batch_size = 8, .keep_best = 2}, stream);
    EXPECT_THAT(epochs(trained.best), ElementsAre(2, 1));
    EXPECT_THAT(trained.losses.validation,
                Pointwise(DoubleNear(1e-6), std::vector<double>{1, 5, 4}));
    EXPECT_NEAR(trained.losses.training.at(0), 1, 1e-6);
}

TEST(MafTraining, StatisticsComeBeforeEveryEvaluation) {
    ScriptedFlow flow({1, 1, 1});
    train_maf(flow, events(20), events(10), {.epochs = 2, .batch_size = 8, .keep_best = 1}, stream);
    EXPECT_EQ(flow.calls,
              "load statistics forward forward step statistics forward step statistics forward ");
    EXPECT_EQ(flow.loaded, initial_maf_state(flow.architecture(), stream.at(0)));
}

TEST(MafTraining, EveryEpochVisitsEveryEventOnceInAnotherOrder) {
    ScriptedFlow flow({1, 1, 1});
    train_maf(flow, events(20), events(10), {.epochs = 2, .batch_size = 8, .keep_best = 1}, stream);
    ASSERT_EQ(flow.batches.size(), 6U);
    std::vector<std::vector<std::uint32_t>> orders(2);
    for (std::size_t batch = 0; batch < 6; ++batch) {
        EXPECT_EQ(flow.batches[batch].size(), batch % 3 == 2 ? 4U : 8U);
        auto& order = orders[batch / 3];
        order.insert(order.end(), flow.batches[batch].begin(), flow.batches[batch].end());
    }
    EXPECT_NE(orders[0], orders[1]);
    std::vector<std::uint32_t> all(20);
    std::iota(all.begin(), all.end(), 0U);
    for (auto& order : orders) {
        EXPECT_NE(order, all);
        std::ranges::sort(order);
        EXPECT_EQ(order, all);
    }
}

TEST(MafTraining, TheTrainingLossWeighsBatchesByTheirEvents) {
    ScriptedFlow flow({1, 1});
    flow.on_step = [](std::size_t batch) { return static_cast<double>(batch); };
    const TrainedMaf trained = train_maf(flow, events(20), events(10),
                                         {.epochs = 1, .batch_size = 8, .keep_best = 1}, stream);
    EXPECT_DOUBLE_EQ(trained.losses.training.at(1), (1.0 * 8 + 2.0 * 8 + 3.0 * 4) / 20);
}

// A batch norm learns nothing of it, all else does. The validation events are in no batch.
TEST(MafTraining, ALastBatchOfOneEventIsTrainedOnAndWarnedOfOnce) {
    const auto warnings = [](std::size_t training_events) {
        ScriptedFlow flow({1, 1, 1});
        flow.on_step = [](std::size_t batch) { return static_cast<double>(batch); };
        ::testing::internal::CaptureStderr();
        const TrainedMaf trained =
            train_maf(flow, events(training_events), events(9),
                      {.epochs = 2, .batch_size = 8, .keep_best = 1}, stream);
        const std::string said = ::testing::internal::GetCapturedStderr();
        const std::size_t batches = (training_events + 7) / 8;
        EXPECT_EQ(flow.batches.size(), 2 * batches) << training_events;
        EXPECT_EQ(flow.batches.back().size(), training_events - 8 * (batches - 1));
        if (training_events == 17) {
            EXPECT_DOUBLE_EQ(trained.losses.training.at(1), (1.0 * 8 + 2.0 * 8 + 3.0 * 1) / 17);
        }
        return occurrences(said, "warning the last batch of every epoch holds a single event");
    };
    for (const std::size_t single : {1U, 9U, 17U}) EXPECT_EQ(warnings(single), 1) << single;
    for (const std::size_t more : {2U, 8U, 15U, 16U, 18U}) EXPECT_EQ(warnings(more), 0) << more;
}

TEST(MafTraining, LeftOutValidationEventsAreCountedNotAveraged) {
    ScriptedFlow flow({2, 2});
    const float inf = std::numeric_limits<float>::infinity();
    // log p = log_det - 0.92 here: the third and the fourth are left out at +1000 and -1000, the
    // fifth (-999.9) is not.
    flow.bad_rows = {static_cast<float>(nan), -inf, 1001, -999.5F, -999};
    const TrainedMaf trained = train_maf(flow, events(5000), events(5000),
                                         {.epochs = 1, .batch_size = 500, .keep_best = 1}, stream);
    EXPECT_THAT(trained.losses.validation_left_out, ElementsAre(4, 4));
    const double mean = (4995 * 2.0 + 999.9189385) / 4996;
    EXPECT_NEAR(trained.losses.validation.at(1), mean, 1e-6);
}

// Every loss is 2 but that of one event, which is 9.
TEST(MafTraining, LossesOfAnEvaluationAreWeightedMeans) {
    ScriptedFlow flow({2, 2});
    flow.bad_rows = {static_cast<float>(0.5 * std::log(2 * std::numbers::pi) - 9)};
    FlowData training = events(4);
    training.weight = {1, 1, 1, 1};
    FlowData validation = events(3);
    validation.weight = {4, -1, 2};
    const TrainedMaf trained =
        train_maf(flow, training, validation, {.epochs = 1, .batch_size = 2}, stream);
    EXPECT_NEAR(trained.losses.training[0], (9 + 2 + 2 + 2) / 4.0, 1e-5);
    EXPECT_NEAR(trained.losses.validation[1], (4 * 9 - 2 + 2 * 2) / 5.0, 1e-5);
}

TEST(MafTraining, WeightsAreScaledToTheMeanOne) {
    FlowData data = events(4);
    set_mean_weight_one(data);
    EXPECT_TRUE(data.weight.empty());
    data.weight = {6, -2, 3, 1};
    set_mean_weight_one(data);
    EXPECT_THAT(data.weight, ElementsAre(3, -1, 1.5, 0.5));
    data.weight = {1, 1, 1, 1};
    set_mean_weight_one(data);
    EXPECT_THAT(data.weight, ElementsAre(1, 1, 1, 1));
}

}  // namespace
}  // namespace lacathode::test
