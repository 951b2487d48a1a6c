// Which events the evaluations count: each rule has rows that would change the result if it broke.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/evaluate_sculpting.hpp"
#include "lacathode/stages/evaluate_sic.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double inside = 3.5;
constexpr double outside = 3.0;

// Scored events, put together row by row.
class Rows {
  public:
    Rows() { scored_.events.mass_column = {"m", "TeV"}; }

    void add(std::size_t count, double mass, Partition partition, std::int8_t label, float score) {
        for (std::size_t i = 0; i < count; ++i) {
            EventTable& events = scored_.events;
            events.mass.push_back(mass);
            events.partition.push_back(partition);
            events.label.push_back(label);
            events.source_row.push_back(static_cast<std::int64_t>(events.source_row.size()));
            scored_.scores[0].push_back(score);
        }
    }
    [[nodiscard]] ScoredEvents take() const {
        ScoredEvents result = scored_;
        result.events.features = Matrix<float>(result.events.size(), 0);
        return result;
    }

  private:
    ScoredEvents scored_{.events = {},
                         .scores = {{}},
                         .signal_region = {3.3, 3.7},
                         .method = Method::lacathode,
                         .records = {}};
};

// Test and evaluation events in the signal region: half of the signal and a tenth of the
// background score high.
Rows tested_rows() {
    Rows rows;
    rows.add(50, inside, Partition::test, 1, 0.9F);
    rows.add(50, inside, Partition::evaluation, 1, 0.1F);
    rows.add(100, inside, Partition::test, 0, 0.9F);
    rows.add(900, inside, Partition::test, 0, 0.1F);
    return rows;
}

const EvaluateSic::Config sic_config{.grid_points = 11, .lowest_background_efficiency = 1e-2};

TEST(EvaluateSicStage, CountsTestAndEvaluationEventsOfTheSignalRegion) {
    const SicMetrics metrics = EvaluateSic::compute(sic_config, tested_rows().take(), "scores.h5");
    EXPECT_EQ(metrics.signal_events, 100);
    EXPECT_EQ(metrics.background_events, 1000);
    // eps_S = 0.5 at eps_B = 0.1, a point of the grid.
    EXPECT_NEAR(metrics.max_sic[0], 0.5 / std::sqrt(0.1), 1e-9);
}

TEST(EvaluateSicStage, BothErrorsAndWhereTheMaximumLies) {
    const SicMetrics metrics = EvaluateSic::compute(sic_config, tested_rows().take(), "scores.h5");
    EXPECT_NEAR(metrics.best.background_efficiency, 0.1, 1e-12);
    EXPECT_NEAR(metrics.best.selected_background, 100, 1e-9);
    EXPECT_NEAR(metrics.best.counting_error, metrics.best.sic / 20, 1e-9);
    EXPECT_NEAR(metrics.at_percent.selected_background, 10, 1e-9);
    // Against eps_S the same point has the same error.
    const auto half = std::ranges::find_if(metrics.signal_efficiency_grid,
                                           [](double value) { return value >= 0.5 - 1e-12; });
    ASSERT_NE(half, metrics.signal_efficiency_grid.end());
    const auto entry = static_cast<std::size_t>(half - metrics.signal_efficiency_grid.begin());
    const double sic = metrics.sic_by_signal_efficiency.band.median[entry];
    const double selected = 1000 * std::pow(*half / sic, 2);
    EXPECT_NEAR(metrics.counting_error_by_signal_efficiency[entry], sic / (2 * std::sqrt(selected)),
                1e-9);
    ASSERT_EQ(metrics.counting_error.size(), 11U);
}

// The curves have two points: half of the signal with 100 background events, and all of both.
TEST(EvaluateSicStage, PointsOfLessThanTheMinimumBackgroundAreNotShown) {
    const auto evaluated = [](double minimum) {
        EvaluateSic::Config config = sic_config;
        config.minimum_background = minimum;
        return EvaluateSic::compute(config, tested_rows().take(), "scores.h5");
    };
    const SicMetrics shown = evaluated(100);
    const SicMetrics hidden = evaluated(101);
    EXPECT_NEAR(shown.max_sic[0], 0.5 / std::sqrt(0.1), 1e-9);
    EXPECT_NEAR(hidden.max_sic[0], 1, 1e-9);
    // Between them, at eps_B = 0.16 and eps_S = 6 / 11.
    EXPECT_FALSE(std::isnan(shown.sic.band.median[6]));
    EXPECT_TRUE(std::isnan(hidden.sic.band.median[6]));
    EXPECT_FALSE(std::isnan(shown.sic_by_signal_efficiency.band.median[5]));
    EXPECT_TRUE(std::isnan(hidden.sic_by_signal_efficiency.band.median[5]));
}

// Selected background weighs 3 each, 300 of 1200; the rest of it 1 each.
TEST(EvaluateSicStage, WeightedEventsCountAsTheyWeigh) {
    ScoredEvents scored = tested_rows().take();
    const SicMetrics unweighted = EvaluateSic::compute(sic_config, scored, "scores.h5");
    scored.events.weight.assign(scored.events.size(), 1);
    const SicMetrics ones = EvaluateSic::compute(sic_config, scored, "scores.h5");
    EXPECT_TRUE(ones.effective_background.empty());
    EXPECT_EQ(ones.max_sic, unweighted.max_sic);
    EXPECT_EQ(ones.best.counting_error, unweighted.best.counting_error);
    for (std::size_t row = 0; row < scored.events.size(); ++row) {
        if (scored.events.label[row] == 0 && scored.scores[0][row] > 0.5F)
            scored.events.weight[row] = 3;
    }
    const SicMetrics metrics = EvaluateSic::compute(
        {.grid_points = 3, .lowest_background_efficiency = 1.0 / 16}, scored, "scores.h5");
    EXPECT_EQ(metrics.background_events, 1000);
    // eps_S = 0.5 at eps_B = 300 / 1200 = 0.25, a point of the grid, with 100 effective events.
    EXPECT_NEAR(metrics.best.background_efficiency, 0.25, 1e-12);
    EXPECT_NEAR(metrics.best.sic, 0.5 / std::sqrt(0.25), 1e-9);
    EXPECT_NEAR(metrics.best.selected_background, 100, 1e-9);
    EXPECT_NEAR(metrics.best.counting_error, metrics.best.sic / 20, 1e-9);
    // Below the grid too.
    EXPECT_NEAR(metrics.at_percent.selected_background, 4, 1e-9);
    EXPECT_NEAR(metrics.initial_significance, 50 / std::sqrt(1200.0), 1e-9);
}

// Half of the signal is at eps_B = 300 / 1200, below a grid that begins at 0.5; 100 of the 1000
// events weigh 3, and 1200^2 / 1800 = 800 know eps_B = 1. Between both eps_S all is linear.
TEST(EvaluateSicStage, WeightedEventsHaveACountingErrorBelowTheGrid) {
    ScoredEvents scored = tested_rows().take();
    scored.events.weight.assign(scored.events.size(), 1);
    for (std::size_t row = 0; row < scored.events.size(); ++row) {
        if (scored.events.label[row] == 0 && scored.scores[0][row] > 0.5F)
            scored.events.weight[row] = 3;
    }
    const SicMetrics metrics = EvaluateSic::compute(
        {.grid_points = 4, .lowest_background_efficiency = 0.5}, scored, "scores.h5");
    EXPECT_THAT(metrics.signal_efficiency_grid, ElementsAre(0.25, 0.5, 0.75, 1));
    const std::vector<double>& error = metrics.counting_error_by_signal_efficiency;
    ASSERT_EQ(error.size(), 4U);
    EXPECT_TRUE(std::isnan(error[0]));
    EXPECT_NEAR(error[1], 1 / (2 * std::sqrt(100.0)), 1e-9);
    EXPECT_NEAR(error[2], 1 / (2 * std::sqrt(450.0)), 1e-9);
    EXPECT_NEAR(error[3], 1 / (2 * std::sqrt(800.0)), 1e-9);
}

TEST(EvaluateSicStage, ValidationLooksAtNoEventOfTheTest) {
    Rows rows;
    rows.add(20, inside, Partition::validation, 1, 0.9F);
    rows.add(30, inside, Partition::evaluation, 1, 0.9F);
    rows.add(200, inside, Partition::validation, 0, 0.1F);
    EvaluateSic::Config config = sic_config;
    config.part = EvaluatedPart::validation;
    const SicMetrics plain = EvaluateSic::compute(config, rows.take(), "scores.h5");
    EXPECT_EQ(plain.signal_events, 50);
    EXPECT_EQ(plain.background_events, 200);
    rows.add(500, inside, Partition::test, 0, 0.9F);
    rows.add(500, inside, Partition::test, 1, 0.1F);
    rows.add(500, inside, Partition::evaluation, 0, 0.9F);
    const SicMetrics metrics = EvaluateSic::compute(config, rows.take(), "scores.h5");
    EXPECT_EQ(metrics.signal_events, 50);
    EXPECT_EQ(metrics.background_events, 200);
    EXPECT_EQ(metrics.area_under_curve, plain.area_under_curve);
}

// As of classifiers that draw their own.
TEST(EvaluateSicStage, WithoutValidationEventsThereIsNothingToLookAt) {
    const std::string expected = "scores.h5: has no validation events";
    EXPECT_THAT(message_of<InputError>([] {
                    (void)EvaluateSic::compute({.part = EvaluatedPart::validation},
                                               tested_rows().take(), "scores.h5");
                }),
                HasSubstr(expected));
    EXPECT_THAT(message_of<InputError>([] {
                    (void)EvaluateSculpting::compute({.part = EvaluatedPart::validation},
                                                     tested_rows().take(), "scores.h5",
                                                     RandomStream(1, "sculpting"));
                }),
                HasSubstr(expected));
}

TEST(EvaluateSicStage, ForeignRowsChangeNothing) {
    const SicMetrics plain = EvaluateSic::compute(sic_config, tested_rows().take(), "scores.h5");
    Rows rows = tested_rows();
    for (const std::int8_t label : {std::int8_t{0}, std::int8_t{1}}) {
        const float score = label == 1 ? 1.0F : 0.0F;  // flattering, should they leak in
        rows.add(500, inside, Partition::training, label, score);
        rows.add(500, inside, Partition::validation, label, score);
        rows.add(500, inside, Partition::reference_training, label, score);
        rows.add(500, inside, Partition::reference_validation, label, score);
        rows.add(500, outside, Partition::test, label, score);
        rows.add(500, outside, Partition::evaluation, label, score);
    }
    const SicMetrics metrics = EvaluateSic::compute(sic_config, rows.take(), "scores.h5");
    EXPECT_EQ(metrics.signal_events, plain.signal_events);
    EXPECT_EQ(metrics.background_events, plain.background_events);
    EXPECT_EQ(metrics.max_sic, plain.max_sic);
    EXPECT_EQ(metrics.area_under_curve, plain.area_under_curve);
}

TEST(EvaluateSicStage, InitialSignificanceIsThatOfTheDataInTheSignalRegion) {
    Rows rows = tested_rows();  // data: 50 signal and 1000 background test events
    rows.add(30, inside, Partition::training, 1, 0.5F);
    rows.add(20, inside, Partition::validation, 1, 0.5F);
    rows.add(2600, inside, Partition::training, 0, 0.5F);
    rows.add(700, outside, Partition::training, 1, 0.5F);
    rows.add(700, inside, Partition::reference_training, 0, 0.5F);
    const SicMetrics metrics = EvaluateSic::compute(sic_config, rows.take(), "scores.h5");
    EXPECT_DOUBLE_EQ(metrics.initial_significance, 100 / std::sqrt(3600.0));
}

TEST(EvaluateSicStage, NeedsLabelsAndEvents) {
    ScoredEvents unlabelled = tested_rows().take();
    unlabelled.events.label.clear();
    EXPECT_THROW((void)EvaluateSic::compute(sic_config, unlabelled, "scores.h5"), InputError);
    Rows elsewhere;
    elsewhere.add(100, outside, Partition::test, 0, 0.5F);
    EXPECT_THROW((void)EvaluateSic::compute(sic_config, elsewhere.take(), "scores.h5"), InputError);
}

// Background at many masses; the score tells nothing.
Rows flat_background() {
    Rows rows;
    for (int i = 0; i < 2000; ++i) {
        rows.add(1, 2.5 + 0.001 * i, Partition::test, 0, static_cast<float>((i * 7919) % 2000));
    }
    return rows;
}

const EvaluateSculpting::Config sculpting_config{.bins = 10, .efficiencies = {0.1, 0.2}};

TEST(EvaluateSculptingStage, CountsTestBackgroundAtAllMasses) {
    const RandomStream stream(1, "sculpting");
    const SculptingMetrics plain =
        EvaluateSculpting::compute(sculpting_config, flat_background().take(), "scores.h5", stream);
    EXPECT_EQ(plain.events, 2000);
    Rows rows = flat_background();
    for (const double mass : {inside, outside}) {
        rows.add(300, mass, Partition::training, 0, 3000.0F);
        rows.add(300, mass, Partition::validation, 0, 3000.0F);
        rows.add(300, mass, Partition::evaluation, 0, 3000.0F);
        rows.add(300, mass, Partition::reference_training, 0, 3000.0F);
        rows.add(300, mass, Partition::test, 1, 3000.0F);  // signal is no background
    }
    const SculptingMetrics metrics =
        EvaluateSculpting::compute(sculpting_config, rows.take(), "scores.h5", stream);
    EXPECT_EQ(metrics.events, plain.events);
    EXPECT_EQ(metrics.full, plain.full);
    EXPECT_EQ(metrics.histogram, plain.histogram);
    EXPECT_EQ(metrics.chi2_per_dof.retrainings, plain.chi2_per_dof.retrainings);
    // The twin that must differ: the same rows as test background.
    Rows leaked = flat_background();
    leaked.add(300, inside, Partition::test, 0, 3000.0F);
    EXPECT_NE(EvaluateSculpting::compute(sculpting_config, leaked.take(), "scores.h5", stream).full,
              plain.full);
}

TEST(EvaluateSculptingStage, WithoutTruthTheSidebandsAreJudged) {
    ScoredEvents scored = flat_background().take();
    scored.events.label.clear();
    const SculptingMetrics metrics = EvaluateSculpting::compute(
        sculpting_config, scored, "scores.h5", RandomStream(1, "sculpting"));
    EXPECT_EQ(metrics.judged, Judged::sidebands);
    // 399 of the 2000 masses lie between 3.3 and 3.7.
    EXPECT_EQ(metrics.events, 1601);
}

std::int64_t learned_signal(const ScoredEvents& scored) {
    return EvaluateSculpting::compute(sculpting_config, scored, "scores.h5",
                                      RandomStream(1, "sculpting"))
        .signal_in_training;
}

TEST(EvaluateSculptingStage, CountsTheSignalThatTheClassifierLearnedFrom) {
    Rows rows = flat_background();
    rows.add(5, inside, Partition::training, 1, 1.0F);
    rows.add(2, inside, Partition::validation, 1, 1.0F);
    rows.add(40, outside, Partition::training, 1, 1.0F);
    rows.add(40, inside, Partition::test, 1, 1.0F);
    rows.add(40, inside, Partition::training, 0, 1.0F);
    EXPECT_EQ(learned_signal(rows.take()), 7);
    // The supervised one knows but the signal that is set aside for it.
    Rows labels = flat_background();
    labels.add(5, inside, Partition::training, 1, 1.0F);
    labels.add(9, inside, Partition::reference_training, 1, 1.0F);
    labels.add(3, inside, Partition::reference_validation, 1, 1.0F);
    ScoredEvents supervised = labels.take();
    supervised.method = Method::supervised;
    EXPECT_EQ(learned_signal(supervised), 12);
    // Each fold's classifier learned from the other folds.
    Rows data = flat_background();
    data.add(40, inside, Partition::test, 1, 1.0F);
    data.add(40, outside, Partition::test, 1, 1.0F);
    data.add(30, inside, Partition::evaluation, 1, 1.0F);
    ScoredEvents of_folds = data.take();
    EXPECT_EQ(learned_signal(of_folds), 0);
    of_folds.events.fold.assign(of_folds.events.size(), 0);
    EXPECT_EQ(learned_signal(of_folds), 40);
    EXPECT_EQ(learned_signal(flat_background().take()), 0);
}

// The events may be others than those of the training, or lack those that were set aside for it.
TEST(EvaluateSculptingStage, ScoresThatTellTheSignalAreBelieved) {
    Rows rows = flat_background();
    rows.add(5, inside, Partition::training, 1, 1.0F);
    ScoredEvents scored = rows.take();
    for (const int signal : {0, 3, 700}) {
        scored.signal_in_training = signal;
        EXPECT_EQ(learned_signal(scored), signal);
    }
}

EventCounts plenty() {
    EventCounts events(/*has_label=*/true);
    for (const Partition part : {Partition::training, Partition::validation, Partition::test}) {
        for (const Region region : {Region::signal_region, Region::sideband})
            events.add(part, region, 0, 100);
        events.add(part, Region::signal_region, 1, 10);
    }
    return events;
}

// What would be found out after the training otherwise.
TEST(WhatEventsLack, IsToldByEachStage) {
    EXPECT_THAT(TrainFlow::lacks({}, plenty()), IsEmpty());
    EXPECT_THAT(TrainClassifier::lacks(Data::signal_region, plenty()), IsEmpty());
    EXPECT_THAT(EvaluateSic::lacks({}, plenty()), IsEmpty());
    EXPECT_THAT(EvaluateSculpting::lacks({.bins = 199}, plenty()), IsEmpty());
    EXPECT_THAT(EvaluateSculpting::lacks({.bins = 200}, plenty()),
                ElementsAre(HasSubstr("only 200 test events for evaluate_sculpting.bins = 200")));
    const EventCounts none(/*has_label=*/true);
    EXPECT_THAT(TrainFlow::lacks({}, none), SizeIs(2));
    EXPECT_THAT(TrainClassifier::lacks(Data::signal_region, none), SizeIs(2));
    EXPECT_THAT(EvaluateSic::lacks({}, none), SizeIs(2));
    EXPECT_THAT(EvaluateSculpting::lacks({}, none), SizeIs(2));
    EXPECT_THAT(EvaluateSic::lacks({}, EventCounts(/*has_label=*/false)),
                ElementsAre(HasSubstr("no truth labels")));
}

// [C] has no test part: what is in no data is evaluated, but sculpting needs events at every mass.
TEST(WhatEventsLack, WithoutATestPart) {
    EventCounts events(/*has_label=*/true);
    events.add(Partition::evaluation, Region::signal_region, 1, 1);
    EXPECT_THAT(EvaluateSic::lacks({}, events),
                ElementsAre(AllOf(HasSubstr("no background event to evaluate"),
                                  HasSubstr("name prepare.extra_background"))));
    events.add(Partition::evaluation, Region::signal_region, 0, 1);
    EXPECT_THAT(EvaluateSic::lacks({}, events), IsEmpty());
    EXPECT_THAT(EvaluateSic::lacks({.part = EvaluatedPart::validation}, events), SizeIs(1));
    events.add(Partition::test, Region::signal_region, 0, 1000);
    EXPECT_THAT(EvaluateSculpting::lacks({}, events),
                ElementsAre(AllOf(HasSubstr("no test event in the sidebands"),
                                  HasSubstr("prepare.sideband_training_fraction"),
                                  HasSubstr("run.sculpting"))));
}

TEST(EvaluateSculptingStage, NeedsSidebands) {
    Rows rows;
    for (int i = 0; i < 100; ++i)
        rows.add(1, 3.4 + 0.001 * i, Partition::test, 0, static_cast<float>(i));
    EXPECT_THAT(
        [&] {
            (void)EvaluateSculpting::compute(sculpting_config, rows.take(), "scores.h5",
                                             RandomStream(1, "sculpting"));
        },
        ::testing::ThrowsMessage<InputError>(
            HasSubstr("scores.h5: no event to evaluate in the sidebands")));
}

TEST(WhatEventsLack, WithoutTruthTheSignalRegionIsNotJudged) {
    EventCounts events(/*has_label=*/false);
    events.add(Partition::test, Region::sideband, 0, 100);
    events.add(Partition::test, Region::signal_region, 0, 100);
    EXPECT_THAT(EvaluateSculpting::lacks({.bins = 99}, events), IsEmpty());
    EXPECT_THAT(EvaluateSculpting::lacks({.bins = 100}, events), SizeIs(1));
}

}  // namespace
}  // namespace lacathode::test
