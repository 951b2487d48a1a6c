// Replicas against the trainings that the same streams give alone.
#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "models/network_cases.hpp"
#include "models/stopping_keeper.hpp"

namespace lacathode::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

const Execution on_torch{.device = torch_device_under_test(), .backend = Backend::torch};

std::vector<Retraining> retrainings(std::size_t count, std::uint64_t seed = 3) {
    std::vector<Retraining> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({.number = i, .stream = RandomStream(seed, "replicas").at(i)});
    return all;
}

// 3 batches of 100 and one of 7.
constexpr std::size_t training_events = 307;

// Adam with a large epsilon, by which a step is a continuous function of the gradient. With 1e-8
// it follows the gradient's sign where it is near zero (a bias in front of a batch norm), and
// rounding decides.
constexpr AdamOptions continuous_adam{.learning_rate = 2e-2, .weight_decay = 1e-4, .epsilon = 1e-2};

struct Flows {
    MafArchitecture architecture;
    AdamOptions adam = continuous_adam;
    MafTrainingOptions options{.epochs = 3,
                               .batch_size = 100,
                               .keep_best = 2,
                               .schedule = LearningRateSchedule::one_cycle};

    explicit Flows(std::size_t features)
        : architecture{.features = features, .hidden = 16, .blocks = 3} {}

    [[nodiscard]] std::vector<ReplicaResult<TrainedMaf>> together(
        const ReplicaData<FlowData>& data, const std::vector<Retraining>& trainings,
        TrainingKeeper* keeper = nullptr) const {
        const auto flows = make_maf_replicas(architecture, adam, data, on_torch);
        return train_maf_replicas(*flows, data, options, trainings, 1, keeper);
    }
    [[nodiscard]] TrainedMaf alone(Backend backend, const ReplicaData<FlowData>& data,
                                   std::size_t replica, const Retraining& training) const {
        const auto flow = make_flow(backend, architecture, adam);
        return train_maf(*flow, data.training_of(replica), data.validation_of(replica), options,
                         training.stream);
    }
};

struct Classifiers {
    MlpArchitecture architecture;
    AdamOptions adam = continuous_adam;
    MlpTrainingOptions options{.epochs = 3, .batch_size = 100, .keep_best = 2};

    explicit Classifiers(std::size_t inputs) : architecture{.inputs = inputs, .hidden = {16, 8}} {}

    [[nodiscard]] std::vector<ReplicaResult<TrainedMlp>> together(
        const ReplicaData<ClassifierData>& data, const std::vector<Retraining>& trainings,
        TrainingKeeper* keeper = nullptr) const {
        const auto classifiers = make_mlp_replicas(architecture, adam, data, on_torch);
        return train_mlp_replicas(*classifiers, data, options, trainings, 1, keeper);
    }
    [[nodiscard]] TrainedMlp alone(Backend backend, const ReplicaData<ClassifierData>& data,
                                   std::size_t replica, const Retraining& training) const {
        const auto classifier = make_network(backend, architecture, adam);
        return train_mlp(*classifier, data.training_of(replica), data.validation_of(replica),
                         options, training.stream);
    }
};

// Float32 rounding, grown in a dozen steps. Losses of other weights or another order of events are
// 1e-2 apart.
void expect_equal_losses(const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-5) << "epoch " << i;
}

// In a batch norm rounding changes the scale of all events alike, each step to the same side (1e-6
// in log_gamma and the bias of alpha), and a variance has the scales of all blocks before it: the
// GPU's kernels, run on a CPU, and LibTorch have variances that differ by up to 5e-5.
void expect_equal_states(const NamedArrays& a, const NamedArrays& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        double tolerance = 2e-5;
        if (a[i].name.ends_with("running_var"))
            tolerance = 1e-4 * double{std::ranges::max(a[i].values)};
        EXPECT_LE(largest_difference(a[i].values, b[i].values), tolerance) << a[i].name;
    }
}

void expect_equal(const TrainedMaf& a, const TrainedMaf& b) {
    expect_equal_losses(a.losses.training, b.losses.training);
    expect_equal_losses(a.losses.validation, b.losses.validation);
    EXPECT_EQ(a.losses.validation_left_out, b.losses.validation_left_out);
    EXPECT_EQ(a.losses.statistics_left_out, b.losses.statistics_left_out);
    ASSERT_EQ(a.best.size(), b.best.size());
    for (std::size_t rank = 0; rank < a.best.size(); ++rank) {
        EXPECT_EQ(a.best[rank].epoch, b.best[rank].epoch);
        expect_equal_states(a.best[rank].state, b.best[rank].state);
    }
}

void expect_equal(const TrainedMlp& a, const TrainedMlp& b) {
    expect_equal_losses(a.training_loss, b.training_loss);
    expect_equal_losses(a.validation_loss, b.validation_loss);
    ASSERT_EQ(a.validation_accuracy.size(), b.validation_accuracy.size());
    ASSERT_EQ(a.best.size(), b.best.size());
    for (std::size_t rank = 0; rank < a.best.size(); ++rank) {
        EXPECT_EQ(a.best[rank].epoch, b.best[rank].epoch);
        expect_equal_states(a.best[rank].state, b.best[rank].state);
    }
}

// Number of replicas, features.
class ReplicasLikeOneAlone : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
  protected:
    std::size_t replicas_ = std::get<0>(GetParam());
    std::size_t features_ = std::get<1>(GetParam());
};

TEST_P(ReplicasLikeOneAlone, Flows) {
    const FlowData training = correlated_events(training_events, features_, 1);
    const FlowData validation = correlated_events(150, features_, 2);
    const ReplicaData<FlowData> data{replicas_, {&training}, {&validation}};
    const Flows flows(features_);
    const auto trainings = retrainings(replicas_);
    const auto results = flows.together(data, trainings);
    ASSERT_EQ(results.size(), replicas_);
    for (std::size_t r = 0; r < replicas_; ++r) {
        ASSERT_TRUE(results[r].trained.has_value()) << results[r].failure;
        for (const Backend backend : {Backend::torch, Backend::engine})
            expect_equal(*results[r].trained, flows.alone(backend, data, r, trainings[r]));
    }
}

// One shared set would hide a weight of another replica's event.
TEST_P(ReplicasLikeOneAlone, FlowsOfWeightedEvents) {
    std::vector<FlowData> sets;
    for (std::size_t set = 0; set < 2 * replicas_; ++set) {
        FlowData& data = sets.emplace_back(correlated_events(150 + 20 * set, features_, set));
        RandomStream random = RandomStream(21, "weights").at(set);
        for (std::size_t row = 0; row < data.size(); ++row)
            data.weight.push_back(static_cast<float>(4 * random.uniform() - 1));
    }
    ReplicaData<FlowData> data{replicas_, {}, {}};
    for (std::size_t r = 0; r < replicas_; ++r) {
        data.training.push_back(&sets[2 * r]);
        data.validation.push_back(&sets[2 * r + 1]);
    }
    const Flows flows(features_);
    const auto trainings = retrainings(replicas_);
    const auto results = flows.together(data, trainings);
    for (std::size_t r = 0; r < replicas_; ++r) {
        ASSERT_TRUE(results[r].trained.has_value()) << results[r].failure;
        for (const Backend backend : {Backend::torch, Backend::engine})
            expect_equal(*results[r].trained, flows.alone(backend, data, r, trainings[r]));
    }
}

TEST_P(ReplicasLikeOneAlone, Classifiers) {
    const ClassifierData training = labelled_events(training_events, features_, 1);
    const ClassifierData validation = labelled_events(150, features_, 2);
    const ReplicaData<ClassifierData> data{replicas_, {&training}, {&validation}};
    const Classifiers classifiers(features_);
    const auto trainings = retrainings(replicas_);
    const auto results = classifiers.together(data, trainings);
    ASSERT_EQ(results.size(), replicas_);
    for (std::size_t r = 0; r < replicas_; ++r) {
        ASSERT_TRUE(results[r].trained.has_value()) << results[r].failure;
        for (const Backend backend : {Backend::torch, Backend::engine})
            expect_equal(*results[r].trained, classifiers.alone(backend, data, r, trainings[r]));
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ReplicasLikeOneAlone,
                         ::testing::Combine(::testing::Values(1U, 2U, 7U),
                                            ::testing::Values(1U, 4U, 5U)),
                         [](const auto& test) {
                             return "R" + std::to_string(std::get<0>(test.param)) + "_D" +
                                    std::to_string(std::get<1>(test.param));
                         });

// As many units as kernels have room for, and batches of more than one of their tiles.
TEST(Replicas, LargeFlowsAreLikeEachAlone) {
    for (const auto& [features, hidden] : {std::pair(4U, 128U), {5U, 128U}, {6U, 100U}}) {
        const FlowData training = correlated_events(640, features, 1);
        const FlowData validation = correlated_events(150, features, 2);
        const ReplicaData<FlowData> data{2, {&training}, {&validation}};
        Flows flows(features);
        flows.architecture.hidden = hidden;
        flows.architecture.blocks = 2;
        flows.adam.learning_rate = 5e-3;  // rounding grows faster than in small flows
        flows.options.epochs = flows.options.keep_best = 1;
        flows.options.batch_size = 300;
        const auto trainings = retrainings(2);
        const auto results = flows.together(data, trainings);
        for (std::size_t r = 0; r < 2; ++r) {
            ASSERT_TRUE(results[r].trained.has_value()) << results[r].failure;
            expect_equal(*results[r].trained, flows.alone(Backend::engine, data, r, trainings[r]));
        }
    }
}

// Folds and toys: other events for each replica, and other numbers of batches, one of which is
// smaller than a batch altogether.
TEST(Replicas, OfDifferentEventsAreLikeEachAlone) {
    std::vector<FlowData> flow_sets;
    std::vector<ClassifierData> classifier_sets;
    for (const std::size_t events : {307U, 120U, 60U, 400U, 200U, 150U}) {
        flow_sets.push_back(correlated_events(events, 4, events));
        classifier_sets.push_back(labelled_events(events, 4, events));
    }
    const auto data_of = [](const auto& sets) {
        using Data = typename std::decay_t<decltype(sets)>::value_type;
        return ReplicaData<Data>{3, {&sets[0], &sets[1], &sets[2]}, {&sets[3], &sets[4], &sets[5]}};
    };
    const auto trainings = retrainings(3);
    const Flows flows(4);
    const auto trained_flows = flows.together(data_of(flow_sets), trainings);
    Classifiers classifiers(4);
    classifiers.options.schedule = LearningRateSchedule::one_cycle;
    const auto trained_classifiers = classifiers.together(data_of(classifier_sets), trainings);
    for (std::size_t r = 0; r < 3; ++r) {
        ASSERT_TRUE(trained_flows[r].trained && trained_classifiers[r].trained);
        expect_equal(*trained_flows[r].trained,
                     flows.alone(Backend::engine, data_of(flow_sets), r, trainings[r]));
        expect_equal(*trained_classifiers[r].trained,
                     classifiers.alone(Backend::engine, data_of(classifier_sets), r, trainings[r]));
    }
}

TEST(Replicas, TheSameStreamGivesTheSameBytesWhateverStandsBesideIt) {
    const FlowData training = correlated_events(training_events, 4, 1);
    const FlowData validation = correlated_events(150, 4, 2);
    const Flows flows(4);
    const auto trainings = retrainings(3);
    const auto of = [&](const std::vector<Retraining>& chosen) {
        return flows.together({chosen.size(), {&training}, {&validation}}, chosen);
    };
    const auto all = of(trainings);
    const auto again = of({trainings[2], trainings[0], trainings[2]});
    const auto best = [](const ReplicaResult<TrainedMaf>& result) {
        return result.trained ? result.trained->best.front().state : NamedArrays();
    };
    EXPECT_FALSE(best(all[0]).empty());
    EXPECT_TRUE(best(all[2]) == best(again[0]));
    EXPECT_TRUE(best(all[2]) == best(again[2]));
    EXPECT_TRUE(best(all[0]) == best(again[1]));
    EXPECT_FALSE(best(all[0]) == best(again[0]));
}

// The bits of the best state; -0 equals 0.
std::vector<std::uint32_t> bits_of(const std::vector<Checkpoint>& best) {
    std::vector<std::uint32_t> bits;
    for (const NamedArray& array : best.front().state) {
        for (const float value : array.values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    }
    return bits;
}
auto results_of(const TrainedMaf& flow) {
    return std::tuple(bits_of(flow.best), flow.losses.training, flow.losses.validation);
}
auto results_of(const TrainedMlp& classifier) {
    return std::tuple(bits_of(classifier.best), classifier.training_loss,
                      classifier.validation_loss);
}

// All of them as one computation, and each as one of its own.
template <class Networks, class Data>
void expect_the_same_bytes_alone(const Networks& networks, const std::vector<Data>& sets) {
    const std::size_t count = sets.size() / 2;
    ReplicaData<Data> data{count, {}, {}};
    for (std::size_t r = 0; r < count; ++r) {
        data.training.push_back(&sets[r]);
        data.validation.push_back(&sets[count + r]);
    }
    const auto trainings = retrainings(count);
    const auto together = networks.together(data, trainings);
    for (std::size_t r = 0; r < count; ++r) {
        const auto alone =
            networks.together({1, {data.training[r]}, {data.validation[r]}}, {trainings[r]});
        ASSERT_TRUE(together[r].trained && alone[0].trained) << together[r].failure;
        EXPECT_TRUE(results_of(*together[r].trained) == results_of(*alone[0].trained)) << r;
    }
}

// More events than a chunk of an evaluation, and other numbers of batches.
TEST(Replicas, OfDifferentEventsHaveTheBytesOfEachAloneOnACpu) {
    if (on_torch.device != Device::cpu)
        GTEST_SKIP() << "on a GPU matrix products of other shapes have other rounding";
    for (const std::size_t features : {1U, 2U, 5U}) {
        std::vector<FlowData> flow_sets;
        std::vector<ClassifierData> classifier_sets;
        for (const std::size_t events : {1'500U, 60U, 5'307U, 700U, 1'400U, 4'700U, 100U, 300U}) {
            flow_sets.push_back(correlated_events(events, features, events));
            classifier_sets.push_back(labelled_events(events, features, events));
        }
        Flows flows(features);
        flows.adam = {.learning_rate = 1e-2};  // follows the sign of what rounding leaves
        expect_the_same_bytes_alone(flows, flow_sets);
        expect_the_same_bytes_alone(Classifiers(features), classifier_sets);
    }
}

// Its variance is nothing, and other rows fill its batch up. The other flow has more in its last.
TEST(Replicas, ALastBatchOfOneEventIsThatOfATrainingAlone) {
    const FlowData training = correlated_events(301, 4, 1);
    const FlowData more = correlated_events(350, 4, 3);
    const FlowData validation = correlated_events(150, 4, 2);
    const Flows flows(4);
    const auto trainings = retrainings(2);
    const ReplicaData<FlowData> data{2, {&training, &more}, {&validation, &validation}};
    const auto results = flows.together(data, trainings);
    for (std::size_t r = 0; r < 2; ++r) {
        ASSERT_TRUE(results[r].trained.has_value()) << results[r].failure;
        expect_equal(*results[r].trained, flows.alone(Backend::torch, data, r, trainings[r]));
    }
}

// One event of replica 1 makes all its weights NaN in the first epoch.
TEST(Replicas, OneThatDivergesLeavesTheOthersAlone) {
    const FlowData training = correlated_events(training_events, 4, 1);
    const FlowData validation = correlated_events(150, 4, 2);
    FlowData bad_training = training;
    // Overflows in the first block; the statistics leave it out, a batch cannot.
    bad_training.y(5, 0) = 1e30F;
    const Flows flows(4);
    const auto trainings = retrainings(3);
    const auto with_bad = flows.together(
        {3, {&training, &bad_training, &training}, {&validation, &validation, &validation}},
        trainings);
    const auto without = flows.together(
        {3, {&training, &training, &training}, {&validation, &validation, &validation}}, trainings);
    EXPECT_FALSE(with_bad[1].trained.has_value());
    EXPECT_THAT(with_bad[1].failure, HasSubstr("flow 1"));
    EXPECT_TRUE(without[1].trained.has_value());
    for (const std::size_t r : {0U, 2U}) {
        ASSERT_TRUE(with_bad[r].trained && without[r].trained) << with_bad[r].failure;
        EXPECT_EQ(with_bad[r].failure, "");
        EXPECT_TRUE(with_bad[r].trained->best[0].state == without[r].trained->best[0].state);
        EXPECT_EQ(with_bad[r].trained->losses.training, without[r].trained->losses.training);
        EXPECT_EQ(with_bad[r].trained->losses.validation, without[r].trained->losses.validation);
    }
}

// Few enough events are bad for the statistics of the untrained flow.
TEST(Replicas, ALossThatIsNotFiniteIsToldAsInATrainingAlone) {
    const FlowData training = correlated_events(2000, 4, 1);
    FlowData bad = training;
    bad.y(5, 0) = 1e30F;
    const FlowData validation = correlated_events(150, 4, 2);
    const Flows flows(4);
    const ReplicaData<FlowData> data{2, {&training, &bad}, {&validation, &validation}};
    const auto trainings = retrainings(2);
    const auto results = flows.together(data, trainings);
    EXPECT_TRUE(results[0].trained.has_value());
    ASSERT_THAT(results[1].failure, StartsWith("the training loss of the flow 1 is "));
    std::string expected = results[1].failure;
    expected.replace(expected.find("flow 1"), 6, "flow");
    EXPECT_THAT([&] { static_cast<void>(flows.alone(Backend::torch, data, 1, trainings[1])); },
                ThrowsMessage<NumericalError>(expected));
}

// Else they would make a replica fail in the middle, and the message would blame the learning rate.
TEST(Replicas, EventsThatAreNotFiniteAreRefusedAsInATrainingAlone) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const FlowData flow_set = correlated_events(20, 4, 1);
    FlowData bad_flow_set = flow_set;
    bad_flow_set.mass[3] = nan;
    const auto train_flows = [&](const FlowData& training, const FlowData& validation) {
        const ReplicaData<FlowData> data{2, {&flow_set, &training}, {&flow_set, &validation}};
        static_cast<void>(Flows(4).together(data, retrainings(2)));
    };
    EXPECT_THAT(
        [&] { train_flows(bad_flow_set, flow_set); },
        ThrowsMessage<InputError>(HasSubstr("flow training masses: column 0 of row 3 is nan")));
    EXPECT_THAT([&] { train_flows(flow_set, bad_flow_set); },
                ThrowsMessage<InputError>(HasSubstr("flow validation masses")));
    const ClassifierData set = labelled_events(20, 4, 1);
    ClassifierData bad_set = set;
    bad_set.x(5, 2) = nan;
    const auto train_classifiers = [&](const ClassifierData& training,
                                       const ClassifierData& validation) {
        const ReplicaData<ClassifierData> data{2, {&set, &training}, {&set, &validation}};
        static_cast<void>(Classifiers(4).together(data, retrainings(2)));
    };
    EXPECT_THAT([&] { train_classifiers(bad_set, set); },
                ThrowsMessage<InputError>(HasSubstr("training inputs: column 2 of row 5 is nan")));
    EXPECT_THAT([&] { train_classifiers(set, bad_set); },
                ThrowsMessage<InputError>(HasSubstr("classifier validation inputs")));
}

TEST(Replicas, AnEvaluationThatFailsIsToldWithTheNumber) {
    const FlowData training = correlated_events(training_events, 4, 1);
    const FlowData validation = correlated_events(150, 4, 2);
    FlowData bad = validation;
    bad.y(5, 0) = 1e30F;
    const auto results =
        Flows(4).together({2, {&training, &training}, {&validation, &bad}}, retrainings(2));
    EXPECT_TRUE(results[0].trained.has_value());
    EXPECT_FALSE(results[1].trained.has_value());
    EXPECT_THAT(results[1].failure, StartsWith("flow 1: epoch 0 (untrained): validation log p"));
}

TEST(Replicas, TheEngineHasNone) {
    const FlowData data = correlated_events(10, 4, 1);
    EXPECT_THAT(
        [&] {
            make_maf_replicas({}, {}, {1, {&data}, {&data}}, {});
        },
        ThrowsMessage<UsageError>(HasSubstr("one network at a time")));
    const ClassifierData events = labelled_events(10, 4, 1);
    EXPECT_THAT(
        [&] {
            make_mlp_replicas({}, {}, {1, {&events}, {&events}}, {});
        },
        ThrowsMessage<UsageError>(HasSubstr("one network at a time")));
}

TEST(Replicas, WithoutAGpuNothingIsMadeOnOne) {
    if (backends_description().find("CUDA: yes") != std::string::npos)
        GTEST_SKIP() << "this machine has a GPU";
    const FlowData data = correlated_events(10, 4, 1);
    const Execution on_gpu{.device = Device::cuda};
    EXPECT_THROW(make_maf_replicas({}, {}, {1, {&data}, {&data}}, on_gpu), UsageError);
    EXPECT_THROW(static_cast<void>(free_memory(on_gpu)), UsageError);
    EXPECT_GT(free_memory(on_torch), 1e6);
}

// 4 batches an epoch.
TEST(Replicas, StoppedAnywhereTheyEndWithTheSameBytes) {
    const FlowData training = correlated_events(training_events, 4, 1);
    const FlowData shorter = correlated_events(190, 4, 3);
    FlowData bad = training;
    bad.y(5, 0) = 1e30F;
    const FlowData validation = correlated_events(150, 4, 2);
    const Flows flows(4);
    const auto train = [&](TrainingKeeper* keeper) {
        const auto results = flows.together(
            {3, {&training, &shorter, &bad}, {&validation, &validation, &validation}},
            retrainings(3), keeper);
        EXPECT_FALSE(results[2].trained.has_value());
        const TrainedMaf& a = results.at(0).trained.value();
        const TrainedMaf& b = results.at(1).trained.value();
        return std::tuple(a.best.at(0).state, a.losses.training, a.losses.validation,
                          b.best.at(1).state, b.losses.training, b.losses.statistics_left_out);
    };
    const auto whole = train(nullptr);
    for (const std::vector<std::size_t>& stops :
         {std::vector<std::size_t>{0}, {3}, {4}, {6, 2, 0, 1}}) {
        EXPECT_TRUE(with_stops(stops, train) == whole) << stops.front();
    }
}

}  // namespace
}  // namespace lacathode::test
