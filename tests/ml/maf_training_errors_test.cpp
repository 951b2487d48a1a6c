#include <gmock/gmock.h>

#include <csignal>
#include <optional>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "ml/scripted_flow.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using ::testing::ThrowsMessage;

const RandomStream stream(7, "train_flow");

TrainedMaf train(ScriptedFlow& flow, const FlowData& training, const FlowData& validation,
                 const MafTrainingOptions& options = {
                     .epochs = 3, .batch_size = 8, .keep_best = 1}) {
    return train_maf(flow, training, validation, options, stream);
}

TEST(MafTrainingErrors, ANonFiniteTrainingLossNamesEpochAndBatch) {
    ScriptedFlow flow({1, 1, 1, 1});
    flow.on_step = [](std::size_t batch) { return batch == 5 ? nan : 1.0; };
    EXPECT_THAT([&] { train(flow, events(20), events(10)); },
                ThrowsMessage<NumericalError>(
                    AllOf(HasSubstr("epoch 2, batch 2 of 3"), HasSubstr("lower learning rate"))));
}

TEST(MafTrainingErrors, OneEventInAThousandMayBeLeftOutAndNoMore) {
    ScriptedFlow flow({1, 1, 1, 1});
    flow.bad_rows.assign(2, static_cast<float>(nan));
    EXPECT_NO_THROW(train(flow, events(5000), events(2000)));
    flow.bad_rows.assign(3, static_cast<float>(nan));
    ScriptedFlow worse({1, 1, 1, 1});
    worse.on_step = [&](std::size_t) {
        worse.bad_rows.assign(3, static_cast<float>(nan));
        return 1.0;
    };
    EXPECT_THAT([&] { train(worse, events(5000), events(2000)); },
                ThrowsMessage<NumericalError>(
                    AllOf(HasSubstr("epoch 1: validation log p"), HasSubstr("3 of 2000 events"))));
}

TEST(MafTrainingErrors, TheStatisticsMayLeaveOutOneEventInAThousandToo) {
    ScriptedFlow flow({1, 1, 1, 1});
    flow.statistics_left_out = 5;
    const TrainedMaf trained = train(flow, events(5000), events(2000));
    EXPECT_EQ(trained.losses.statistics_left_out, (std::vector<std::uint64_t>{5, 5, 5, 5}));
    flow.statistics_left_out = 6;
    EXPECT_THAT([&] { train(flow, events(5000), events(2000)); },
                ThrowsMessage<NumericalError>(
                    AllOf(HasSubstr("epoch 0"), HasSubstr("leave out 6 of 5000 events"),
                          HasSubstr("mass of order one (prepare.mass_scale)"))));
}

TEST(MafTrainingErrors, WeightsOfWhatIsNotLeftOutMustAddUpToMoreThanNothing) {
    ScriptedFlow flow({1, 1, 1, 1});
    flow.bad_rows.assign(2, static_cast<float>(nan));
    FlowData validation = events(2000);
    validation.weight.assign(2000, -0.1F);
    validation.weight[0] = validation.weight[1] = 1000;
    EXPECT_THAT(
        [&] { train(flow, events(5000), validation); },
        ThrowsMessage<NumericalError>(AllOf(HasSubstr("epoch 0"), HasSubstr("validation events"),
                                            HasSubstr("add up to -199.8"))));
}

TEST(MafTrainingErrors, EmptyDataIsAnInputError) {
    ScriptedFlow flow({1, 1, 1, 1});
    EXPECT_THAT([&] { train(flow, events(0), events(10)); },
                ThrowsMessage<InputError>(HasSubstr("training")));
    EXPECT_THAT([&] { train(flow, events(20), events(0)); },
                ThrowsMessage<InputError>(HasSubstr("validation")));
}

TEST(MafTrainingErrors, NonFiniteDataIsAnInputError) {
    ScriptedFlow flow({1, 1, 1, 1});
    FlowData data = events(20);
    data.y(11, 0) = static_cast<float>(nan);
    EXPECT_THAT([&] { train(flow, data, events(10)); },
                ThrowsMessage<InputError>(HasSubstr("column 0 of row 11 is nan")));
    data = events(20);
    data.mass[4] = static_cast<float>(nan);
    EXPECT_THAT(
        [&] { train(flow, data, events(10)); },
        ThrowsMessage<InputError>(HasSubstr("flow training masses: column 0 of row 4 is nan")));
    EXPECT_TRUE(flow.calls.empty());
}

TEST(MafTrainingErrors, AllImpossibleOptionsAreReportedAtOnce) {
    ScriptedFlow flow({1});
    EXPECT_THAT(
        [&] {
            train(flow, events(20), events(10), {.epochs = 0, .batch_size = 0, .keep_best = 3});
        },
        ThrowsMessage<UsageError>(AllOf(HasSubstr("epochs is 0"), HasSubstr("batch_size is 0"),
                                        HasSubstr("keep_best is 3"))));
}

TEST(MafTrainingErrors, AnInterruptEndsTheTrainingBeforeTheNextBatch) {
    const auto interrupted_training = [] {
        install_interrupt_handlers(OnInterrupt::note);
        ScriptedFlow flow({1, 1, 1, 1});
        flow.on_step = [](std::size_t batch) {
            if (batch == 2) std::raise(SIGINT);
            return 1.0;
        };
        try {
            train(flow, events(20), events(10));
        } catch (const Interrupted& interrupted) {
            std::_Exit(interrupted.signal() == SIGINT && flow.batches.size() == 2 ? 0 : 1);
        }
        std::_Exit(2);
    };
    // In a process of its own: the signal stays noted for good.
    EXPECT_EXIT(interrupted_training(), ::testing::ExitedWithCode(0), "");
}

// Keeps the first state that it is given; of a training that goes on from it the signal has come.
class SignallingKeeper final : public TrainingKeeper {
  public:
    explicit SignallingKeeper(std::optional<TrainingState> before) : before_(std::move(before)) {}
    std::optional<TrainingState> kept() override {
        if (before_) std::raise(SIGINT);
        return before_;
    }
    bool is_due() override { return true; }
    void keep(const TrainingState& state) override {
        if (!state_) state_ = state;
    }
    [[nodiscard]] const std::optional<TrainingState>& state() const { return state_; }

  private:
    std::optional<TrainingState> before_;
    std::optional<TrainingState> state_;
};

TEST(MafTrainingErrors, AnInterruptWhileEventsAreShuffledKeepsTheState) {
    const auto interrupted_training = [] {
        const FlowData many = events(std::size_t{1} << 20);
        const MafTrainingOptions options{.epochs = 2, .batch_size = many.size(), .keep_best = 1};
        const auto train_with = [&](TrainingKeeper& keeper) {
            ScriptedFlow flow({1, 1, 1});
            train_maf(flow, many, events(10), options, stream, &keeper);
        };
        SignallingKeeper first(std::nullopt);
        train_with(first);
        install_interrupt_handlers(OnInterrupt::note);
        SignallingKeeper second(first.state());
        try {
            train_with(second);
        } catch (const Interrupted&) {
            std::_Exit(second.state() ? 0 : 1);
        }
        std::_Exit(2);
    };
    EXPECT_EXIT(interrupted_training(), ::testing::ExitedWithCode(0), "");
}

// Keeps what it is given once it is asked to.
class KeeperOnRequest final : public TrainingKeeper {
  public:
    std::optional<TrainingState> kept() override { return state; }
    bool is_due() override { return due; }
    void keep(const TrainingState& given) override { state = given; }

    bool due = false;
    std::optional<TrainingState> state;
};

// The batch norms' statistics of many events take long, and stand behind the last batch.
TEST(MafTrainingErrors, AnInterruptOfAnEvaluationKeepsTheEpochBeforeIt) {
    const FlowData training = events(5000);
    const FlowData validation = events(2000);
    const MafTrainingOptions options{.epochs = 3, .batch_size = 2000, .keep_best = 3};
    KeeperOnRequest keeper;
    const auto train_with = [&](const std::vector<double>& script, std::size_t batches_before) {
        ScriptedFlow flow(script);
        flow.on_step = [&](std::size_t batch) {
            return static_cast<double>(batches_before + batch);
        };
        flow.bad_rows.assign(2, static_cast<float>(nan));
        flow.statistics_left_out = 5;
        flow.on_statistics = [&](std::size_t epoch) {
            if (epoch + 1 < script.size()) return;
            keeper.due = true;
            throw Interrupted(SIGTERM);
        };
        return train_maf(flow, training, validation, options, stream, &keeper);
    };
    EXPECT_THROW(train_with({9, 4, 3}, 0), Interrupted);
    ASSERT_TRUE(keeper.state);
    keeper.due = false;
    const TrainedMaf trained = train_with({3, 2, nan}, 6);  // of the epochs 2 and 3, and none
    EXPECT_THAT(trained.losses.training,
                Pointwise(DoubleNear(1e-6), std::vector<double>{9, 1.8, 4.8, 7.8}));
    EXPECT_THAT(trained.losses.validation,
                Pointwise(DoubleNear(1e-6), std::vector<double>{9, 4, 3, 2}));
    EXPECT_THAT(trained.losses.validation_left_out, Each(2U));
    EXPECT_THAT(trained.losses.statistics_left_out, Each(5U));
}

TEST(MafTrainingErrors, WeightsMustAddUpToMoreThanNothing) {
    ScriptedFlow flow({1, 1, 1, 1});
    FlowData bad = events(3);
    bad.weight = {1, 1, -2};
    EXPECT_THAT([&] { train(flow, bad, events(10)); },
                ThrowsMessage<InputError>(HasSubstr("the weights of the flow's 3 training events "
                                                    "add up to 0")));
    EXPECT_THAT([&] { train(flow, events(10), bad); },
                ThrowsMessage<InputError>(HasSubstr("3 validation events")));
    EXPECT_THROW(set_mean_weight_one(bad), InputError);
    bad.weight = {1, 1, static_cast<float>(nan)};
    EXPECT_THAT([&] { train(flow, bad, events(10)); },
                ThrowsMessage<InputError>(HasSubstr("flow training weights")));
}

}  // namespace
}  // namespace lacathode::test
