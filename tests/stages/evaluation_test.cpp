// Which events the evaluations count: each rule has rows that would change the result if it broke.
#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/evaluate_sculpting.hpp"
#include "lacathode/stages/evaluate_sic.hpp"

namespace lacathode::test {
namespace {

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

TEST(EvaluateSculptingStage, WithoutTruthEveryTestEventCounts) {
    ScoredEvents scored = flat_background().take();
    scored.events.label.clear();
    const SculptingMetrics metrics = EvaluateSculpting::compute(
        sculpting_config, scored, "scores.h5", RandomStream(1, "sculpting"));
    EXPECT_EQ(metrics.events, 2000);
}

}  // namespace
}  // namespace lacathode::test
