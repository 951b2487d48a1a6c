// Several classifiers' scores as one: against values from a sheet of paper.
#include "lacathode/stages/combine_scores.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "stages/scores_files.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CombineScoresStage, TheMeanOfAllScores) {
    const EventTable combined = CombineScores::compute(
        {},
        {scored({0.5F, 0.25F, 1.0F}), scored({0.25F, 0.75F, 0.0F}), scored({0.75F, 0.5F, 0.5F})},
        {});
    EXPECT_THAT(values(combined), ElementsAre(0.5F, 0.5F, 0.5F));
    EXPECT_THAT(combined.mapped, ElementsAre(1, 1, 1));
    EXPECT_THAT(combined.source_row, ElementsAre(0, 1, 2));
}

TEST(CombineScoresStage, WhatOneDoesNotMapIsNotMapped) {
    EventTable all_mapped = scored({0.5F, 0.25F, 1.0F});
    all_mapped.mapped.clear();
    for (const std::vector<EventTable>& order :
         {std::vector{all_mapped, scored({0.5F, none, 0.0F})},
          std::vector{scored({0.5F, none, 0.0F}), all_mapped}}) {
        const EventTable combined = CombineScores::compute({}, order, {});
        EXPECT_THAT(combined.mapped, ElementsAre(1, 0, 1));
        EXPECT_EQ(combined.features(0, 0), 0.5F);
        EXPECT_TRUE(std::isnan(combined.features(1, 0)));
        EXPECT_EQ(combined.features(2, 0), 0.5F);
    }
}

// A classifier that draws its own validation events may have learned from the prepared ones.
TEST(CombineScoresStage, WhatOneMayHaveLearnedFromIsTraining) {
    EventTable one = scored({0.5F, 0.25F, 1.0F});
    one.partition = {Partition::training, Partition::validation, Partition::test};
    EventTable other = one;
    other.partition = {Partition::validation, Partition::training, Partition::test};
    EXPECT_TRUE(same_events(one, other));
    EXPECT_THAT(CombineScores::compute({}, {one, other}, {}).partition,
                ElementsAre(Partition::training, Partition::training, Partition::test));
    other.partition.back() = Partition::training;
    EXPECT_FALSE(same_events(one, other));
}

// Equal scores pass together: of {0.1, 0.2, 0.2, 0.4} three are as high as 0.2.
TEST(CombineScoresStage, AlignedScoresAreBackgroundEfficiencies) {
    const EventTable combined = CombineScores::compute(
        {.by = Combination::aligned},
        {scored({0.2F, 0.5F, 0.05F, 0.3F}), scored({3.0F, 5.0F, -1.0F, 2.0F})},
        {{0.1F, 0.2F, 0.2F, 0.4F}, {1.0F, 3.0F}});
    const auto minus_mean_log = [](double a, double b) {
        return static_cast<float>(-(std::log(a) + std::log(b)) / 2);
    };
    EXPECT_THAT(values(combined),
                ElementsAre(minus_mean_log(4.0 / 5, 2.0 / 3), minus_mean_log(1.0 / 5, 1.0 / 3),
                            0.0F, minus_mean_log(2.0 / 5, 2.0 / 3)));
}

struct CombineScoresFiles : ScoresFiles {
    [[nodiscard]] EventFile combine(const CombineScores::Config& config,
                                    const std::vector<std::string>& scores,
                                    const std::vector<std::string>& backgrounds = {}) const {
        StageContext context;
        context.overwrite = Overwrite::allow;
        run_stage<CombineScores>(config, {scores, backgrounds, path("combined.h5")}, context);
        return read_events(path("combined.h5"), EventKind::scores);
    }
    // What is said of the file beside one of the same events.
    [[nodiscard]] std::string refusal(const std::function<void(ScoresFile&)>& change) const {
        const std::string good = write("good.h5", "a", {0.1F, 0.2F});
        const std::string other = write("other.h5", "b", {0.3F, 0.4F}, change);
        return message_of<InputError>([&] { (void)combine({.block_rows = 2}, {good, other}); });
    }
    // What is said of a background of classifier a, of which 0.5 is the score.
    [[nodiscard]] std::string background_refusal(
        const std::function<void(ScoresFile&)>& change) const {
        const std::string data = write("data.h5", "a", {0.1F, 0.2F});
        const std::string background = write("background.h5", "a", {0.5F}, change);
        return message_of<InputError>(
            [&] { (void)combine({.by = Combination::aligned}, {data}, {background}); });
    }
};

TEST_F(CombineScoresFiles, ResultsDoNotDependOnTheBlocks) {
    const std::vector<std::string> scores = {write("a.h5", "a", {0.1F, none, 0.3F, 0.9F, 0.2F}),
                                             write("b.h5", "b", {0.2F, 0.5F, 0.7F, none, 0.1F})};
    const std::vector<std::string> backgrounds = {
        write("a_background.h5", "a", {0.1F, 0.2F, 0.3F, none}),
        write("b_background.h5", "b", {0.6F, 0.1F, 0.2F})};
    const EventFile mean = combine({}, scores);
    const EventFile aligned = combine({.by = Combination::aligned}, scores, backgrounds);
    EXPECT_THAT(mean.table.mapped, ElementsAre(1, 0, 1, 0, 1));
    for (const std::size_t rows : {1, 2, 3, 5}) {
        EXPECT_EQ(combine({.block_rows = rows}, scores).provenance.content_hash,
                  mean.provenance.content_hash);
        EXPECT_EQ(combine({.by = Combination::aligned, .block_rows = rows}, scores, backgrounds)
                      .provenance.content_hash,
                  aligned.provenance.content_hash);
    }
}

TEST_F(CombineScoresFiles, TheReferenceIsMappedValidationBackgroundOfTheSignalRegion) {
    const std::string data = write("data.h5", "a", {0.5F});
    const std::string background =
        write("background.h5", "a", {0.6F, 0.7F, 0.8F, none, 0.1F}, [](ScoresFile& file) {
            file.events.partition[1] = Partition::training;
            file.events.mass[2] = outside;
        });
    const EventFile combined = combine({.by = Combination::aligned}, {data}, {background});
    EXPECT_THAT(values(combined.table), ElementsAre(static_cast<float>(-std::log(2.0 / 3))));
}

TEST_F(CombineScoresFiles, ItIsAScoresFileOfTheSameEvents) {
    const std::vector<std::string> scores = {write("a.h5", "a", {0.1F, 0.2F}),
                                             write("b.h5", "b", {0.2F, none})};
    const EventFile combined = combine({}, scores);
    EXPECT_EQ(combined.header.method, Method::cathode);
    EXPECT_EQ(combined.header.counts.size(), 6U);
    EXPECT_EQ(combined.provenance.origins, (EventOrigins{{"0123", {"table"}}}));
    ASSERT_EQ(combined.provenance.inputs.size(), 2U);
    EXPECT_EQ(combined.provenance.inputs[1].role, "scores_01");
}

TEST_F(CombineScoresFiles, ItCountsTheMostSignalThatOneClassifierLearnedFrom) {
    const auto of = [&](const std::string& name, float score, const Counts& counts) {
        return write(name, name, {score}, [&](ScoresFile& file) { file.header.counts = counts; });
    };
    const std::string few = of("few.h5", 0.1F, {{signal_in_training, 3}});
    const std::string many = of("many.h5", 0.2F, {{signal_in_training, 5}});
    const std::string unknown = of("unknown.h5", 0.3F, {});
    const auto combined = [&](const std::vector<std::string>& scores) {
        return signal_in_training_of(combine({}, scores).header.counts);
    };
    EXPECT_EQ(combined({many, few}), 5);
    EXPECT_FALSE(combined({few, unknown}).has_value());
    // As several retrainings.
    EXPECT_EQ(read_scores({few, many}).signal_in_training, 5);
    EXPECT_FALSE(read_scores({unknown, few}).signal_in_training.has_value());
}

// Combinations combine again: what they say of background must be known as theirs.
TEST_F(CombineScoresFiles, TheHashIsThatOfTheClassifiers) {
    const auto hash = [&](const std::string& first, const std::string& second, float score,
                          const CombineScores::Config& config = {}) {
        const std::vector<std::string> scores = {write("a.h5", first, {score}),
                                                 write("b.h5", second, {0.5F})};
        const std::vector<std::string> backgrounds = {write("a_background.h5", first, {0.1F}),
                                                      write("b_background.h5", second, {0.2F})};
        const bool aligned = config.by == Combination::aligned;
        return combine(config, scores, aligned ? backgrounds : std::vector<std::string>{})
            .header.flow_hash;
    };
    EXPECT_EQ(hash("a", "b", 0.25F), hash("a", "b", 0.75F));
    EXPECT_NE(hash("a", "b", 0.25F), hash("a", "c", 0.25F));
    EXPECT_NE(hash("a", "b", 0.25F), hash("a", "b", 0.25F, {.by = Combination::aligned}));
}

TEST_F(CombineScoresFiles, OtherEventsAreRefused) {
    const auto names_both = AllOf(HasSubstr("good.h5"), HasSubstr("other.h5"));
    const auto events = AllOf(names_both, HasSubstr("hold different events"));
    const auto kind = AllOf(names_both, HasSubstr("differ in method or signal region"));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.source_row[1] = 7; }), events);
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.partition[1] = Partition::test; }),
                events);
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.mass[1] = outside; }), events);
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events = scored({0.1F}); }), events);
    EXPECT_THAT(refusal([](ScoresFile& file) {
                    file.events = scored({0.1F, 0.2F, 0.3F});
                }),
                events);
    EXPECT_THAT(refusal([](ScoresFile& file) {
                    file.header.mass.unit = file.events.mass_column.unit = "GeV";
                }),
                events);
    EXPECT_THAT(refusal([](ScoresFile& file) { file.events.label = {0, 1}; }), events);
    EXPECT_THAT(refusal([](ScoresFile& file) {
                    file.provenance.origins = {{"4567", {"table"}}};
                }),
                AllOf(events, HasSubstr("different events files")));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.provenance.origins.clear(); }),
                HasSubstr("does not say which events file"));
    EXPECT_THAT(refusal([](ScoresFile& file) { file.header.method = Method::lacathode; }), kind);
    EXPECT_THAT(refusal([](ScoresFile& file) { file.header.signal_region = {3.3, 3.8}; }), kind);
}

TEST_F(CombineScoresFiles, TheSameScoresTwiceAreRefused) {
    const std::string once = write("once.h5", "a", {0.1F});
    const std::string again = write("again.h5", "a", {0.1F});
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)combine({}, {once, again});
                }),
                AllOf(HasSubstr("once.h5"), HasSubstr("again.h5"), HasSubstr("same content")));
}

TEST_F(CombineScoresFiles, BackgroundIsThatOfTheSameClassifier) {
    const auto classifier =
        AllOf(HasSubstr("background.h5"), HasSubstr("data.h5"), HasSubstr("different classifiers"));
    EXPECT_THAT(background_refusal([](ScoresFile& file) { file.header.flow_hash = "b"; }),
                classifier);
    EXPECT_THAT(background_refusal([](ScoresFile& file) { file.header.method = Method::cwola; }),
                classifier);
    EXPECT_THAT(background_refusal([](ScoresFile& file) {
                    file.header.signal_region = {3.3, 3.8};
                }),
                classifier);
    EXPECT_THAT(background_refusal(
                    [](ScoresFile& file) { file.events.partition[0] = Partition::training; }),
                AllOf(HasSubstr("background.h5"), HasSubstr("0 mapped validation events")));
}

// Data have a test part, a sample of background has none. The reference itself may be aligned.
TEST_F(CombineScoresFiles, DataAreNoBackground) {
    for (const Partition partition : {Partition::test, Partition::evaluation}) {
        EXPECT_THAT(
            background_refusal([&](ScoresFile& file) { file.events.partition[0] = partition; }),
            AllOf(HasSubstr("background.h5"), HasSubstr("these are scores of data")));
    }
    const std::vector<std::string> reference = {write("a.h5", "a", {0.1F, 0.2F})};
    // Each event is compared with the others: 0.2 is the higher one of two, 0.1 the lower one.
    EXPECT_THAT(values(combine({.by = Combination::aligned}, reference, reference).table),
                ElementsAre(0.0F, std::log(2.0F)));
    const std::vector<std::string> data = {write("b.h5", "a", {0.1F, 0.2F, 0.3F})};
    EXPECT_THAT(values(combine({.by = Combination::aligned}, data, reference).table),
                ElementsAre(0.0F, std::log(1.5F), std::log(3.0F)));
}

TEST_F(CombineScoresFiles, BackgroundIsForAlignedScoresAndOneForEach) {
    const std::string a = write("a.h5", "a", {0.1F});
    const std::string b = write("b.h5", "b", {0.2F});
    const CombineScores::Config aligned{.by = Combination::aligned};
    const auto said = [&](const CombineScores::Config& config,
                          const std::vector<std::string>& backgrounds) {
        return message_of<UsageError>([&] { (void)combine(config, {a, b}, backgrounds); });
    };
    EXPECT_THAT(said(aligned, {}), AllOf(HasSubstr("one file for each of the 2 of --scores"),
                                         HasSubstr("--background-scores; 0 given")));
    EXPECT_THAT(said(aligned, {a}), HasSubstr("1 given"));
    EXPECT_THAT(said({}, {a, b}), HasSubstr("are for combine_scores.by = aligned"));
}

}  // namespace
}  // namespace lacathode::test
