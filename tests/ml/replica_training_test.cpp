// The training of replicas with networks that do as the test says.
#include "lacathode/ml/replica_training.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

// Two flows of one feature; every loss is 1, but for those of `diverging`.
class ScriptedFlows final : public MafReplicas {
  public:
    std::vector<std::size_t> diverging;
    std::size_t states_until_the_device_is_lost = 1'000;
    std::size_t epoch_of_outliers = 1'000;  // of the first flow's batch norms
    std::size_t interrupted_epoch = 1'000;  // in whose evaluation a signal comes
    std::vector<std::size_t> batches;       // of each epoch
    ReplicaEpoch last_epoch = {};

    std::size_t count() const override { return 2; }
    const MafArchitecture& architecture() const override { return architecture_; }
    NamedArrays state(std::size_t replica) const override {
        if (states_ == states_until_the_device_is_lost) throw NumericalError("the device is lost");
        ++states_;
        return {{"replica", {1}, {static_cast<float>(replica)}}};
    }
    void load(std::size_t /*replica*/, const NamedArrays& /*state*/) override {}
    AdamMoments adam_moments(std::size_t /*replica*/) const override { return {}; }
    void load_adam_moments(std::size_t /*replica*/, const AdamMoments& /*moments*/) override {}
    void begin_epoch(const ReplicaEpoch& epoch, std::size_t first) override {
        last_epoch = epoch;
        batches.push_back(first);
    }
    void training_step(std::size_t batch) override {
        EXPECT_EQ(batch, batches.back());
        ++batches.back();
    }
    Matrix<double> batch_losses() const override {
        Matrix<double> losses(batches.back(), 2, 1.0);
        for (const std::size_t replica : diverging)
            losses(0, replica) = std::numeric_limits<double>::quiet_NaN();
        return losses;
    }
    std::vector<std::uint64_t> set_population_statistics() override {
        if (statistics_ == interrupted_epoch) throw Interrupted(SIGTERM);
        return {statistics_++ == epoch_of_outliers ? 1U : 0U, 0};
    }
    std::vector<LogProbSum> log_prob_sums(DataPart /*part*/) const override {
        const LogProbSum ten{.sum = -10, .weight = 10, .left_out = 0};
        return {ten, ten};
    }

  private:
    MafArchitecture architecture_{.features = 1, .hidden = 2, .blocks = 1};
    mutable std::size_t states_ = 0;
    std::size_t statistics_ = 0;
};

FlowData events(std::size_t count) {
    return {Matrix<float>(count, 1), std::vector<float>(count)};
}

std::vector<ReplicaResult<TrainedMaf>> train(ScriptedFlows& flows, std::size_t first_events,
                                             std::size_t second_events,
                                             TrainingKeeper* keeper = nullptr) {
    const FlowData first = events(first_events);
    const FlowData second = events(second_events);
    const RandomStream stream(1, "scripted");
    return train_maf_replicas(
        flows, {2, {&first, &second}, {&first, &second}},
        {.epochs = 3, .batch_size = 4, .schedule = LearningRateSchedule::one_cycle},
        {{7, stream.at(7)}, {8, stream.at(8)}}, 1, keeper);
}

// In whatever epoch they come, as in the training of a single flow.
TEST(ReplicaTraining, StatisticsThatLeaveOutTooManyAreAFailure) {
    for (const std::size_t epoch : {0U, 2U}) {
        ScriptedFlows flows;
        flows.epoch_of_outliers = epoch;
        const auto results = train(flows, 10, 10);
        EXPECT_FALSE(results[0].trained);
        EXPECT_THAT(results[0].failure, HasSubstr("leave out 1 of 10"));
        EXPECT_TRUE(results[1].trained);
    }
}

TEST(ReplicaTraining, ReplicasOfFewerEventsHaveFewerBatches) {
    ScriptedFlows flows;
    const auto results = train(flows, 10, 6);
    EXPECT_THAT(flows.batches, ElementsAre(3, 3, 3));
    EXPECT_THAT(flows.last_epoch.orders, ElementsAre(SizeIs(10), SizeIs(6)));
    EXPECT_THAT(flows.last_epoch.rate_factors, ElementsAre(SizeIs(3), SizeIs(2)));
    // Each by its own number of steps: the last epoch's last ones.
    EXPECT_EQ(flows.last_epoch.rate_factors[0].back(),
              learning_rate_factor(LearningRateSchedule::one_cycle, 8, 9));
    EXPECT_EQ(flows.last_epoch.rate_factors[1].back(),
              learning_rate_factor(LearningRateSchedule::one_cycle, 5, 6));
    for (const auto& result : results) {
        const auto losses =
            result.trained ? result.trained->losses.training : std::vector<double>();
        EXPECT_THAT(losses, ElementsAre(_, 1, 1, 1));
    }
}

// Whichever of them it is, and however many: they are one training to the user.
TEST(ReplicaTraining, ALastBatchOfOneEventIsWarnedOfOnce) {
    const auto warnings = [](std::size_t first_events, std::size_t second_events) {
        ScriptedFlows flows;
        ::testing::internal::CaptureStderr();
        const auto results = train(flows, first_events, second_events);
        const std::string said = ::testing::internal::GetCapturedStderr();
        EXPECT_TRUE(results[0].trained && results[1].trained);
        const std::string warning = "warning the last batch of every epoch holds a single event";
        const auto place = said.find(warning);
        if (place == std::string::npos) return 0;
        return said.find(warning, place + 1) == std::string::npos ? 1 : 2;
    };
    EXPECT_EQ(warnings(9, 10), 1);
    EXPECT_EQ(warnings(10, 9), 1);
    EXPECT_EQ(warnings(9, 5), 1);
    EXPECT_EQ(warnings(10, 8), 0);
}

TEST(ReplicaTraining, OneThatDivergesHasNoStateAndTheOthersGoOn) {
    ScriptedFlows flows;
    flows.diverging = {1};
    const auto results = train(flows, 10, 10);
    EXPECT_THAT(flows.batches, SizeIs(3));
    EXPECT_TRUE(results[0].trained.has_value());
    EXPECT_FALSE(results[1].trained.has_value());
    EXPECT_THAT(results[1].failure,
                HasSubstr("training loss of the flow 8 is nan in epoch 1, batch 1 of 3"));
}

TEST(ReplicaTraining, WhenAllHaveFailedTheRestIsLeftOut) {
    ScriptedFlows flows;
    flows.diverging = {0, 1};
    const auto results = train(flows, 10, 10);
    EXPECT_THAT(flows.batches, SizeIs(1));
    EXPECT_FALSE(results[0].trained.has_value() || results[1].trained.has_value());
}

// Ends the training before its batch number `stop`, and goes on from there another time.
class StoppingKeeper final : public TrainingKeeper {
  public:
    struct Stopped {};
    explicit StoppingKeeper(std::size_t stop) : stop_(stop) {}
    std::optional<TrainingState> kept() override { return state_; }
    bool is_due() override { return asked_++ == stop_; }
    void keep(const TrainingState& state) override {
        state_ = state;
        throw Stopped();
    }

  private:
    std::optional<TrainingState> state_;
    std::size_t stop_;
    std::size_t asked_ = 0;
};

// What makes one fail may be over by then.
TEST(ReplicaTraining, OneThatHasFailedStaysSoWhenTheOthersGoOn) {
    ScriptedFlows flows;
    flows.diverging = {1};
    StoppingKeeper keeper(4);
    EXPECT_THROW(train(flows, 10, 10, &keeper), StoppingKeeper::Stopped);
    flows.diverging = {};
    const auto results = train(flows, 10, 10, &keeper);
    EXPECT_TRUE(results[0].trained.has_value());
    EXPECT_FALSE(results[1].trained.has_value());
    EXPECT_THAT(results[1].failure,
                HasSubstr("training loss of the flow 8 is nan in epoch 1, batch 1 of 3"));
}

// The keeper is asked before each batch, six times, and then once more.
TEST(ReplicaTraining, AnInterruptOfAnEvaluationKeepsTheEpochBeforeIt) {
    ScriptedFlows flows;
    flows.interrupted_epoch = 2;
    StoppingKeeper keeper(6);
    EXPECT_THROW(train(flows, 10, 6, &keeper), StoppingKeeper::Stopped);
    flows.interrupted_epoch = 1'000;
    flows.batches.clear();
    const auto results = train(flows, 10, 6, &keeper);
    EXPECT_THAT(flows.batches, ElementsAre(3, 3)) << "no step is taken twice";
    for (const auto& result : results) {
        const auto losses =
            result.trained ? result.trained->losses.training : std::vector<double>();
        EXPECT_THAT(losses, ElementsAre(_, 1, 1, 1));
    }
}

// A device that fails is no failure of one replica: the states that were kept stay.
TEST(ReplicaTraining, ADeviceThatIsLostEndsAll) {
    ScriptedFlows flows;
    flows.states_until_the_device_is_lost = 3;
    EXPECT_THAT([&] { train(flows, 10, 10); }, ThrowsMessage<NumericalError>("the device is lost"));
}

}  // namespace
}  // namespace lacathode
