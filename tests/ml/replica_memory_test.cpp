#include "lacathode/ml/replica_memory.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ReplicaMemory, AFlowTakesAtLeastItsParametersAndItsEvents) {
    const TrainingSize size{.training = 430'000, .validation = 143'000, .batch = 256};
    const ReplicaMemory memory = replica_memory(MafArchitecture{}, size);
    // 15 blocks of 128 units and four features: values, gradient and two moments in float32; the
    // order of the events and their copy for the statistics.
    constexpr double parameters = 15 * (128.0 * 128 + 128 * (4 + 1 + 8) + 2 * 128 + 8 + 4 * 4);
    EXPECT_GT(memory.each, 4 * (4 * parameters + 430'000 * 5.0));
    EXPECT_LT(memory.each, 100e6);
    EXPECT_GT(memory.shared, 4 * 573'000 * 5.0);
    EXPECT_LT(memory.shared, 100e6);
    EXPECT_GT(memory.on_a_gpu, 4 * 262'144 * 128.0);
    EXPECT_LT(memory.on_a_gpu, 2e9);
}

TEST(ReplicaMemory, GrowsWithEverythingThatTakesSome) {
    const TrainingSize size{.training = 10'000, .validation = 1'000, .batch = 100};
    const double flow = replica_memory(MafArchitecture{}, size).each;
    EXPECT_GT(replica_memory(MafArchitecture{.hidden = 256}, size).each, flow);
    EXPECT_GT(replica_memory(MafArchitecture{.blocks = 16}, size).each, flow);
    EXPECT_GT(replica_memory(MafArchitecture{.features = 5}, size).each, flow);
    EXPECT_GT(replica_memory(MafArchitecture{}, {20'000, 1'000, 100}).each, flow);
    EXPECT_GT(replica_memory(MafArchitecture{}, {10'000, 1'000, 200}).each, flow);
    const double classifier = replica_memory(MlpArchitecture{}, size).each;
    EXPECT_LT(classifier, flow);
    EXPECT_GT(replica_memory(MlpArchitecture{.hidden = {64, 64, 64, 64}}, size).each, classifier);
}

TEST(ReplicaMemory, EventsOfTheirOwnAreThereOnceAReplica) {
    TrainingSize size{.training = 430'000, .validation = 143'000, .batch = 256};
    const auto expect_own_events = [&](const auto& architecture, double columns) {
        size.sets = EventSets::shared;
        const ReplicaMemory shared = replica_memory(architecture, size);
        size.sets = EventSets::own;
        const ReplicaMemory own = replica_memory(architecture, size);
        const double events = 4 * 573'000 * columns;
        EXPECT_GE(own.each - shared.each, events);
        EXPECT_LT(own.each - shared.each, 1.01 * events);
        EXPECT_NEAR(own.shared + own.each, shared.shared + shared.each, 1);
    };
    // Mass, weight and what is no filling; target and weight.
    expect_own_events(MafArchitecture{.features = 4}, 4 + 3);
    expect_own_events(MlpArchitecture{.inputs = 4}, 4 + 2);
}

TEST(ReplicaMemory, TheLargestReplicaCounts) {
    const auto set = [](std::size_t events) {
        return FlowData{Matrix<float>(events, 1), std::vector<float>(events)};
    };
    const FlowData few = set(3);
    const FlowData many = set(5);
    const TrainingSize own = largest_size(replica_data<FlowData>({&few, &many}, {&few, &few}), 2);
    EXPECT_EQ(own.training, 5U);
    EXPECT_EQ(own.validation, 3U);
    EXPECT_EQ(own.batch, 2U);
    EXPECT_EQ(own.sets, EventSets::own);
    const ReplicaData<FlowData> data = replica_data<FlowData>({&many, &many}, {&few, &few});
    EXPECT_THAT(data.training, ElementsAre(&many));
    EXPECT_THAT(data.validation, ElementsAre(&few));
    EXPECT_EQ(data.replicas, 2U);
    EXPECT_EQ(largest_size(data, 2).sets, EventSets::shared);
}

TEST(ReplicaChunks, AreAsFewAndAsEqualAsFit) {
    const ReplicaMemory memory{.shared = 20, .each = 10};
    EXPECT_THAT(replica_chunks(7, memory, 1000), ElementsAre(7));
    // 0.8 * 87.5 - 20 is room for five.
    EXPECT_THAT(replica_chunks(5, memory, 87.5), ElementsAre(5));
    EXPECT_THAT(replica_chunks(5, memory, 87.4), ElementsAre(2, 3));
    EXPECT_THAT(replica_chunks(6, memory, 87.5), ElementsAre(3, 3));
    EXPECT_THAT(replica_chunks(11, memory, 87.5), ElementsAre(3, 4, 4));
    EXPECT_THAT(replica_chunks(3, memory, 40), ElementsAre(1, 1, 1));
}

TEST(ReplicaChunks, TooLittleMemoryForOneIsAUsageError) {
    EXPECT_THAT([] { replica_chunks(2, {.shared = 3e9, .each = 2e9}, 4e9); },
                ThrowsMessage<UsageError>(
                    AllOf(HasSubstr("5 GB"), HasSubstr("4 GB"), HasSubstr("--backend engine"))));
}

}  // namespace
}  // namespace lacathode
