// State, Adam's memory and errors of the engine's MAF; names of the instruction sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/kernels/kernels.hpp"
#include "engine/random_maf.hpp"
#include "lacathode/core/errors.hpp"
#include "support/reference_flow.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr MafArchitecture small{4, 17, 2};

TEST(EngineMaf, StateIsWhatWasLoadedWhereTheMasksLetItAct) {
    const NamedArrays loaded = random_state(small, 1);
    const ReferenceFlow reference(small, loaded);
    const NamedArrays state = random_maf(small, 1)->state();
    ASSERT_EQ(state.size(), loaded.size());
    for (std::size_t a = 0; a < state.size(); ++a) {
        EXPECT_EQ(state[a].name, loaded[a].name);
        EXPECT_EQ(state[a].shape, loaded[a].shape);
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            const bool acts = reference.acts(state[a].name, i);
            EXPECT_EQ(state[a].values[i], acts ? loaded[a].values[i] : 0.0F) << state[a].name;
        }
    }
}

TEST(EngineMaf, MaskedWeightsStayZeroInTraining) {
    const auto flow = random_maf(small, 1);
    const ReferenceFlow reference(small, flow->state());
    const FlowData data = random_events(64, 4, 2);
    for (int step = 0; step < 3; ++step) (void)flow->training_step(data, first_rows(64));
    for (const NamedArray& array : flow->state()) {
        for (std::size_t i = 0; i < array.values.size(); ++i) {
            if (reference.acts(array.name, i)) continue;
            EXPECT_EQ(array.values[i], 0.0F) << array.name;
        }
    }
}

TEST(EngineMaf, LoadForgetsAdamsMoments) {
    const FlowData data = random_events(64, 4, 2);
    const auto fresh = random_maf(small, 1);
    const auto used = random_maf(small, 1);
    for (int step = 0; step < 3; ++step) (void)used->training_step(data, first_rows(64));
    used->load(random_state(small, 1));
    (void)used->training_step(data, first_rows(64));
    (void)fresh->training_step(data, first_rows(64));
    EXPECT_EQ(used->state(), fresh->state());
}

TEST(EngineMaf, LearningRateZeroMovesNothing) {
    const auto flow = random_maf(small, 1);
    const NamedArrays before = flow->state();
    flow->scale_learning_rate(0);
    (void)flow->training_step(random_events(64, 4, 2), first_rows(64));
    EXPECT_EQ(flow->state(), before);
}

TEST(EngineMaf, TrainingLowersTheLoss) {
    const auto flow = random_maf(small, 1);
    const FlowData data = random_events(64, 4, 2);
    const double first = flow->training_step(data, first_rows(64));
    double last = first;
    for (int step = 0; step < 100; ++step) last = flow->training_step(data, first_rows(64));
    EXPECT_LT(last, first - 0.1);
}

TEST(EngineMaf, AMissingArrayIsAnInputErrorAndChangesNothing) {
    const auto flow = random_maf(small, 1);
    NamedArrays state = random_state(small, 2);
    state.erase(state.begin() + 12);
    const NamedArrays before = flow->state();
    EXPECT_THROW(flow->load(state), InputError);
    EXPECT_EQ(flow->state(), before);
}

TEST(EngineMaf, ImpossibleArchitecturesAreRefused) {
    for (const MafArchitecture& architecture :
         {MafArchitecture{0, 8, 1}, MafArchitecture{65, 8, 1}, MafArchitecture{2, 0, 1},
          MafArchitecture{2, 8, 0}}) {
        EXPECT_THROW((void)make_engine_maf(architecture, {}, 1), UsageError);
    }
}

TEST(EngineMaf, BrokenContractsAreReported) {
    const auto flow = random_maf(small, 1);
    const FlowData data = random_events(4, 4, 2);
    EXPECT_THROW((void)flow->training_step(data, {}), ContractViolation);
    EXPECT_THROW((void)flow->training_step(data, first_rows(5)), ContractViolation);
    EXPECT_THROW((void)flow->forward(Matrix<float>(4, 3), data.mass), ContractViolation);
    EXPECT_THROW((void)flow->inverse(Matrix<float>(3, 4), data.mass), ContractViolation);
}

TEST(EngineInstructionSets, AreKernelsOfTheirOwn) {
    const std::vector<std::string> sets = engine_instruction_sets();
    ASSERT_FALSE(sets.empty());
    EXPECT_EQ(&engine::kernels_for({}), &engine::kernels_for(sets.front()));
    std::set<const engine::EngineKernels*> tables;
    for (const std::string& set : sets) tables.insert(&engine::kernels_for(set));
    EXPECT_EQ(tables.size(), sets.size());
}

TEST(EngineInstructionSets, AnUnknownOneIsAUsageErrorThatListsTheChoices) {
    const auto names_the_choices = ThrowsMessage<UsageError>(
        AllOf(HasSubstr("'MMX'"), HasSubstr(engine_instruction_sets()[0])));
    EXPECT_THAT([] { check_instruction_set("MMX"); }, names_the_choices);
    EXPECT_THAT([] { (void)make_engine_maf(small, {}, 1, "MMX"); }, names_the_choices);
    EXPECT_THAT([] { (void)make_engine_mlp({}, {}, 1, "MMX"); }, names_the_choices);
}

}  // namespace
}  // namespace lacathode::test
