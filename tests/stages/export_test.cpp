// Which events a cut keeps, and that its threshold is that of the sculpting study.
#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stages/evaluate_sculpting.hpp"
#include "lacathode/stages/export.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t event_count = 3000;

// Events of every partition and label in and beside the signal region; some are not mapped.
ScoredEvents some_events(std::size_t retrainings) {
    RandomStream random(1, "export");
    ScoredEvents scored{.events = {},
                        .scores = std::vector<std::vector<float>>(retrainings),
                        .signal_region = {3.3, 3.7},
                        .method = Method::lacathode,
                        .records = {}};
    EventTable& events = scored.events;
    events.mass_column = {"m", "TeV"};
    for (std::size_t i = 0; i < event_count; ++i) {
        events.mass.push_back(2.8 + 1.4 * random.uniform());
        events.partition.push_back(static_cast<Partition>(i % 4));
        events.label.push_back(i % 7 == 0 ? 1 : 0);
        events.source_row.push_back(static_cast<std::int64_t>(i));
        events.mapped.push_back(i % 11 == 0 ? 0 : 1);
        for (auto& scores : scored.scores) {
            const float score = static_cast<float>(random.uniform());
            scores.push_back(i % 11 == 0 ? std::nanf("") : score);
        }
    }
    events.features = Matrix<float>(event_count, 0);
    return scored;
}

// The same, high scores of three times the weight.
ScoredEvents weighted_events() {
    ScoredEvents scored = some_events(1);
    for (const float score : scored.scores[0])
        scored.events.weight.push_back(score > 0.5F ? 3.0F : 1.0F);
    return scored;
}

// Whether a threshold is set on the event.
bool is_reference(const ScoredEvents& scored, std::size_t row) {
    return scored.events.partition[row] == Partition::test && scored.events.label[row] == 0 &&
           scored.signal_region.contains(scored.events.mass[row]);
}

double threshold_of(const ScoredEvents& scored, double efficiency, Unmapped unmapped) {
    return Export::compute({.efficiency = efficiency, .unmapped = unmapped}, scored, "scores.h5")
        .threshold.value_or(std::nan(""));
}

TEST(ExportStage, TheThresholdIsThatOfTheSculptingStudy) {
    const std::vector<double> efficiencies = {0.01, 0.05, 0.2, 0.5};
    ScoredEvents labelled = some_events(1);
    ScoredEvents unlabelled = labelled;
    unlabelled.events.label.clear();
    for (const ScoredEvents& scored : {labelled, unlabelled, weighted_events()}) {
        for (const Unmapped unmapped :
             {Unmapped::rejected, Unmapped::excluded, Unmapped::selected}) {
            const SculptingMetrics study = EvaluateSculpting::compute(
                {.bins = 10, .efficiencies = efficiencies, .unmapped = unmapped}, scored,
                "scores.h5", RandomStream(1, "study"));
            for (std::size_t i = 0; i < efficiencies.size(); ++i) {
                EXPECT_EQ(threshold_of(scored, efficiencies[i], unmapped), study.threshold(0, i))
                    << efficiencies[i];
            }
        }
    }
}

TEST(ExportStage, TheCutIsAppliedToEveryEvent) {
    const ScoredEvents scored = some_events(1);
    const SelectedEvents kept = Export::compute({.efficiency = 0.1}, scored, "scores.h5");
    const double threshold = kept.threshold.value_or(std::nan(""));
    std::vector<std::size_t> expected;
    for (std::size_t row = 0; row < event_count; ++row) {
        if (scored.scores[0][row] >= threshold) expected.push_back(row);  // false of NaN
    }
    EXPECT_EQ(kept.rows, expected);
    EXPECT_NEAR(static_cast<double>(kept.reference_selected),
                0.1 * static_cast<double>(kept.reference_events), 1);
}

TEST(ExportStage, OnlyTestBackgroundOfTheSignalRegionSetsTheThreshold) {
    const ScoredEvents scored = some_events(1);
    const double threshold = threshold_of(scored, 0.1, Unmapped::rejected);
    ScoredEvents changed = scored;
    std::int64_t reference = 0;
    for (std::size_t row = 0; row < event_count; ++row) {
        const bool counts = is_reference(scored, row);
        if (counts) ++reference;
        if (!counts && scored.events.is_mapped(row)) changed.scores[0][row] = 0.99F;
    }
    EXPECT_EQ(threshold_of(changed, 0.1, Unmapped::rejected), threshold);
    EXPECT_EQ(Export::compute({.efficiency = 0.1}, scored, "").reference_events, reference);
}

// To one event; a fifth of the rows would have three tenths of the weight.
TEST(ExportStage, OfWeightedEventsTheEfficiencyIsThatOfTheWeight) {
    const ScoredEvents scored = weighted_events();
    const double threshold = threshold_of(scored, 0.2, Unmapped::rejected);
    double all = 0;
    double kept = 0;
    for (std::size_t row = 0; row < event_count; ++row) {
        if (!is_reference(scored, row)) continue;
        all += scored.events.weight_of(row);
        if (scored.scores[0][row] >= threshold) kept += scored.events.weight_of(row);
    }
    EXPECT_NEAR(kept / all, 0.2, 3 / all);
}

TEST(ExportStage, EventsThatAreNotMapped) {
    const ScoredEvents scored = some_events(1);
    const auto not_mapped = [&](Unmapped unmapped, double efficiency) {
        const SelectedEvents kept =
            Export::compute({.efficiency = efficiency, .unmapped = unmapped}, scored, "scores.h5");
        return std::ranges::count_if(
            kept.rows, [&](std::size_t row) { return !scored.events.is_mapped(row); });
    };
    const auto all = std::ranges::count(scored.events.mapped, 0);
    EXPECT_EQ(not_mapped(Unmapped::rejected, 0.5), 0);
    EXPECT_EQ(not_mapped(Unmapped::excluded, 0.5), 0);
    EXPECT_EQ(not_mapped(Unmapped::selected, 0.5), all);
    EXPECT_EQ(not_mapped(Unmapped::rejected, 0), all);  // no cut
    EXPECT_THROW(threshold_of(scored, 0.95, Unmapped::rejected), InputError);
}

TEST(ExportStage, SeveralRetrainingsAreAveraged) {
    const ScoredEvents scored = some_events(3);
    const SelectedEvents kept = Export::compute({}, scored, "scores.h5");
    EXPECT_EQ(kept.rows.size(), event_count);
    EXPECT_FALSE(kept.threshold);
    for (std::size_t row = 0; row < event_count; ++row) {
        if (!scored.events.is_mapped(row)) {
            EXPECT_TRUE(std::isnan(kept.score[row]));
            continue;
        }
        const double mean = (static_cast<double>(scored.scores[0][row]) + scored.scores[1][row] +
                             scored.scores[2][row]) /
                            3;
        EXPECT_EQ(kept.score[row], static_cast<float>(mean));
    }
}

// Of aligned scores; where fewer than ten pass the efficiency is not known.
TEST(ExportStage, ACutThatTheReferenceCannotResolve) {
    ScoredEvents scored = some_events(1);
    scored.reference_events = 1000;
    EXPECT_EQ(Export::compute({.efficiency = 0.01}, scored, "scores.h5").reference_events, 1000);
    EXPECT_THAT(message_of<InputError>(
                    [&] { (void)Export::compute({.efficiency = 0.009}, scored, "scores.h5"); }),
                HasSubstr("scores.h5: of its reference of 1000"));
}

TEST(ExportStage, NoReference) {
    ScoredEvents scored = some_events(1);
    scored.events.partition.assign(event_count, Partition::training);
    try {
        (void)threshold_of(scored, 0.1, Unmapped::rejected);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("scores.h5: 0 events to evaluate"));
    }
    scored.events.partition.assign(event_count, Partition::test);
    scored.events.mass.assign(event_count, 3.0);
    try {
        (void)threshold_of(scored, 0.1, Unmapped::rejected);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("scores.h5: no test event lies in the signal region"));
    }
}

}  // namespace
}  // namespace lacathode::test
