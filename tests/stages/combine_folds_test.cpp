// Scores of several folds as one: each event by models that have not seen it.
#include "lacathode/stages/combine_folds.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "stages/scores_files.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto training = Partition::training;
constexpr auto validation = Partition::validation;
constexpr auto held_out = Partition::test;
constexpr auto evaluation = Partition::evaluation;
constexpr auto aside = Partition::reference_training;

EventTable fold(const std::vector<float>& scores, const std::vector<Partition>& partition) {
    EventTable events = scored(scores);
    events.partition = partition;
    return events;
}

float efficiency(int passing, int references) {
    return static_cast<float>(-std::log((1.0 + passing) / (1.0 + references)));
}

// Two folds of five events: the fourth is no data, the last is set aside for training on truth.
std::vector<EventTable> two_folds() {
    return {
        fold({0.5F, 0.9F, 0.9F, 0.8F, 0.1F}, {held_out, training, validation, evaluation, aside}),
        fold({3.0F, 1.0F, none, 2.0F, 2.0F}, {training, held_out, held_out, evaluation, aside})};
}

TEST(CombineFoldsStage, EachEventHasTheEfficiencyOfItsOwnFold) {
    const std::vector<std::vector<float>> references = {{0.1F, 0.5F, 0.6F}, {0.5F, 2.0F}};
    const EventTable combined = CombineFolds::compute(two_folds(), references);
    EXPECT_THAT(combined.source_row, ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(combined.fold, ElementsAre(0, 1, 1, 1));  // source row 3 modulo 2
    EXPECT_THAT(combined.partition, ElementsAre(held_out, held_out, held_out, evaluation));
    EXPECT_THAT(combined.mapped, ElementsAre(1, 1, 0, 1));
    EXPECT_EQ(combined.features(0, 0), efficiency(2, 3));
    EXPECT_EQ(combined.features(1, 0), efficiency(1, 2));
    EXPECT_TRUE(std::isnan(combined.features(2, 0)));
    EXPECT_EQ(combined.features(3, 0), efficiency(1, 2));
}

TEST(CombineFoldsStage, OneFoldIsItsTestEvents) {
    const EventTable combined = CombineFolds::compute({two_folds().front()}, {{0.1F, 0.5F, 0.6F}});
    EXPECT_THAT(combined.source_row, ElementsAre(0, 3));
}

TEST(CombineFoldsStage, AnEventOfTwoTestSetsIsRefused) {
    std::vector<EventTable> folds = two_folds();
    folds[1].partition[0] = held_out;
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)CombineFolds::compute(folds, {{0.1F}, {0.1F}});
                }),
                HasSubstr("source row 0 is a test event of fold 0 and of fold 1"));
}

TEST(CombineFoldsStage, AFoldThatIsMissingIsNoticed) {
    std::vector<EventTable> folds = two_folds();
    folds[0].partition[4] = training;
    folds[1].partition[4] = validation;
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)CombineFolds::compute(folds, {{0.1F}, {0.1F}});
                }),
                AllOf(HasSubstr("source row 4 is a test event of none of the 2 folds"),
                      HasSubstr("give all that prepare.folds has")));
}

struct CombineFoldsFiles : ScoresFiles {
    [[nodiscard]] std::string write_fold(
        const std::string& name, const std::string& classifier, const EventTable& events,
        const std::function<void(ScoresFile&)>& change = [](ScoresFile&) {}) const {
        return write(name, classifier, values(events), [&](ScoresFile& file) {
            file.events = events;
            file.provenance.origins = {{"split " + classifier, {"table"}}};
            change(file);
        });
    }
    [[nodiscard]] EventFile combine(const std::vector<std::string>& scores,
                                    const std::vector<std::string>& backgrounds,
                                    std::size_t block_rows = 2) const {
        StageContext context;
        context.overwrite = Overwrite::allow;
        run_stage<CombineFolds>({.block_rows = block_rows},
                                {scores, backgrounds, path("combined.h5")}, context);
        return read_events(path("combined.h5"), EventKind::scores);
    }
    [[nodiscard]] std::vector<std::string> folds() const {
        return {write_fold("a.h5", "a", two_folds()[0]), write_fold("b.h5", "b", two_folds()[1])};
    }
    [[nodiscard]] std::vector<std::string> references() const {
        return {write("reference_a.h5", "a", {0.6F, 0.1F, 0.5F}),
                write("reference_b.h5", "b", {0.5F, 2.0F})};
    }
};

TEST_F(CombineFoldsFiles, TheBlocksDoNotMatter) {
    const EventFile combined = combine(folds(), references());
    EXPECT_EQ(combine(folds(), references(), 5).provenance.content_hash,
              combined.provenance.content_hash);
    EXPECT_THAT(combined.table.source_row, ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(combined.table.fold, ElementsAre(0, 1, 1, 1));
    EXPECT_EQ(combined.table.features(0, 0), efficiency(2, 3));
}

TEST_F(CombineFoldsFiles, ItSaysWhatItIsMadeOf) {
    const EventFile combined = combine(folds(), references());
    EXPECT_EQ(combined.header.method, Method::cathode);
    EXPECT_THAT(combined.header.counts, testing::Contains(testing::Pair(reference_events, 2)));
    EXPECT_THAT(combined.provenance.origins,
                ElementsAre(EventOrigin{"split a", {"table"}}, EventOrigin{"split b", {"table"}}));
    std::vector<std::string> roles;
    for (const InputRecord& input : combined.provenance.inputs) roles.push_back(input.role);
    EXPECT_THAT(roles,
                testing::UnorderedElementsAre("scores_00", "scores_01", "background_scores_00",
                                              "background_scores_01"));
}

// In whichever place it is: these have 1 and 2 events, those of references() 3 and 2.
TEST_F(CombineFoldsFiles, CutsStandOnTheSmallestReference) {
    const std::string small = write("small.h5", "a", {0.6F});
    EXPECT_THAT(combine(folds(), {small, references().back()}).header.counts,
                testing::Contains(testing::Pair(reference_events, 1)));
}

TEST_F(CombineFoldsFiles, ItCountsTheMostSignalThatOneFoldLearnedFrom) {
    const auto of = [&](const std::string& name, const EventTable& events, std::int64_t signal) {
        return write_fold(name + ".h5", name, events, [&](ScoresFile& file) {
            file.header.counts = {{signal_in_training, signal}};
        });
    };
    const std::vector<std::string> scores = {of("a", two_folds()[0], 7),
                                             of("b", two_folds()[1], 4)};
    EXPECT_EQ(signal_in_training_of(combine(scores, references()).header.counts), 7);
    EXPECT_FALSE(signal_in_training_of(combine(folds(), references()).header.counts).has_value());
}

TEST_F(CombineFoldsFiles, WhatDoesNotBelongTogetherIsRefused) {
    const auto refusal = [&](const std::function<void(ScoresFile&)>& change) {
        const std::vector<std::string> scores = {
            folds().front(), write_fold("other.h5", "b", two_folds()[1], change)};
        return message_of<InputError>([&] { (void)combine(scores, references()); });
    };
    const auto both = AllOf(HasSubstr("a.h5"), HasSubstr("other.h5"));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.source_row[4] = 7; }),
                AllOf(both, HasSubstr("different events from row 4")));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.mass[0] = outside; }),
                AllOf(both, HasSubstr("different events")));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.weight.assign(5, 2.0F); }),
                AllOf(both, HasSubstr("different events")));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.header.method = Method::lacathode; }),
                AllOf(both, HasSubstr("differ in method")));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.header.flow_hash = "c"; }),
                HasSubstr("different classifiers"));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.provenance.origins.clear(); }),
                HasSubstr("does not say which events file"));
}

TEST_F(CombineFoldsFiles, EachFoldHasOneReference) {
    EXPECT_THAT(message_of<UsageError>([&] { (void)combine(folds(), {references().front()}); }),
                HasSubstr("--background-scores names 1 files: give what each of the 2 folds"));
    const std::string once = folds().front();
    const std::string reference = references().front();
    EXPECT_THAT(message_of<InputError>([&] { (void)combine({once}, {once}); }),
                HasSubstr("--background-scores are those of the reference, which is no data"));
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)combine(folds(), {reference, once});
                }),
                AllOf(HasSubstr("a.h5"), HasSubstr("which is no data")));
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)combine({once, once}, {reference, reference});
                }),
                HasSubstr("same content"));
}

}  // namespace
}  // namespace lacathode::test
