#include "lacathode/stats/sculpting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "support/gaussianity.hpp"
#include "support/golden.hpp"

namespace lacathode {
namespace {

using testing::HasSubstr;

TEST(Sculpting, AgreesWithTheReference) {
    const test::GoldenFile file("metrics.h5");
    const auto mass = file.array("sculpting/m").values;
    const auto score = file.array("sculpting/score").as_float();
    const auto efficiency = file.array("sculpting/efficiency").values;
    const SculptingStudy study(mass, {}, MassWindow(3.3, 3.7), {.bins = 100});
    const auto run = study.evaluate(score, efficiency, RandomStream(1, "sculpting"));
    for (std::size_t i = 0; i < efficiency.size(); ++i) {
        // Scores are float32 here, float64 there.
        EXPECT_NEAR(run.threshold[i], file.array("sculpting/threshold").values[i], 0x1p-24);
        EXPECT_NEAR(run.chi2_per_dof[i], file.array("sculpting/chi2_per_dof_reference").values[i],
                    1e-10);
        // These scores do sculpt; a simulated p-value cannot be smaller than 1 / 2000.
        EXPECT_LE(run.p_value[i], run.selected[i] < 600 ? 1.0 / 2000 : 1e-6);
    }
}

struct Sample {
    std::vector<double> mass;
    std::vector<float> score;
    std::vector<std::uint8_t> mapped = {};
};

// Uniform masses in (0, 10); scores uniform, plus `bias` at high masses.
Sample sample(std::size_t events, std::uint64_t index, double bias) {
    RandomStream stream = RandomStream(47, "sample").at(index);
    Sample result;
    for (std::size_t i = 0; i < events; ++i) {
        result.mass.push_back(10 * stream.uniform());
        const double shift = result.mass.back() > 8 ? bias : 0;
        result.score.push_back(static_cast<float>(stream.uniform() + shift));
    }
    return result;
}

// Of a thousand events every fourth is not mapped.
Sample partly_mapped() {
    Sample events = sample(1000, 1, 0);
    events.mapped.assign(1000, 1);
    for (std::size_t i = 0; i < 1000; i += 4) {
        events.mapped[i] = 0;
        events.score[i] = NAN;
    }
    return events;
}

double p_value(const Sample& events, double efficiency, std::uint64_t index) {
    const SculptingStudy study(events.mass, {}, MassWindow(4, 6), {.bins = 50});
    return study
        .evaluate(events.score, std::vector<double>{efficiency}, RandomStream(53, "p").at(index))
        .p_value[0];
}

// The whole chain: the threshold comes from the signal region, the number selected is random.
// Kolmogorov-Smirnov on 2000 p-values, false-alarm rate 1e-3 (fixed seed); the twin whose scores
// are 0.05 higher above m = 8 must fail.
TEST(Sculpting, CalibratedThroughTheThreshold) {
    std::vector<double> unbiased;
    std::vector<double> biased;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        unbiased.push_back(p_value(sample(5000, i, 0), 0.1, i));
        if (i < 200) biased.push_back(p_value(sample(5000, i, 0.05), 0.1, i));
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(unbiased).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(biased).p_value, 1e-6);
}

TEST(Sculpting, ThresholdKeepsTheFractionOfTheSignalRegion) {
    const Sample events = sample(10'000, 0, 0.3);
    const MassWindow window(4, 6);
    const SculptingStudy study(events.mass, {}, window, {.bins = 20});
    const std::vector<double> grid = {0.01, 0.0165, 0.027, 0.045, 0.074, 0.12, 0.2};
    const auto run = study.evaluate(events.score, grid, RandomStream(1, "run"));
    for (std::size_t point = 0; point < grid.size(); ++point) {
        double in_window = 0, kept = 0, kept_anywhere = 0;
        for (std::size_t i = 0; i < events.mass.size(); ++i) {
            const bool selected = events.score[i] >= run.threshold[point];
            kept_anywhere += selected ? 1 : 0;
            if (!window.contains(events.mass[i])) continue;
            in_window += 1;
            kept += selected ? 1 : 0;
        }
        EXPECT_NEAR(kept / in_window, grid[point], 1 / in_window);
        EXPECT_EQ(static_cast<double>(run.selected[point]), kept_anywhere);
        const auto histogram = run.histogram.row(point);
        EXPECT_EQ(std::accumulate(histogram.begin(), histogram.end(), std::int64_t{0}),
                  run.selected[point]);
    }
}

TEST(Sculpting, EventsThatAreNotMapped) {
    const Sample events = partly_mapped();
    const MassWindow window(0, 10);  // everything: fractions are easy to count
    const std::vector<double> fifth = {0.2};
    const SculptingStudy all(events.mass, events.mapped, window, {.bins = 10});
    EXPECT_EQ(all.events(), 1000);
    EXPECT_EQ(all.not_mapped(), 250);
    EXPECT_EQ(all.evaluate(events.score, fifth, RandomStream(1, "")).selected[0], 200);
    const SculptingStudy some(events.mass, events.mapped, window,
                              {.bins = 10, .unmapped = Unmapped::excluded});
    EXPECT_EQ(some.events(), 750);
    EXPECT_EQ(some.evaluate(events.score, fifth, RandomStream(1, "")).selected[0], 150);
    try {
        (void)all.evaluate(events.score, std::vector<double>{0.9}, RandomStream(1, ""));
        FAIL() << "an efficiency beyond the mapped fraction must be refused";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("only 750 of 1000"));
    }
}

TEST(Sculpting, EventsThatAreNotMappedMayBeSelectedFirst) {
    const Sample events = partly_mapped();
    const SculptingStudy study(events.mass, events.mapped, MassWindow(0, 10),
                               {.bins = 10, .unmapped = Unmapped::selected});
    EXPECT_EQ(study.events(), 1000);
    const auto run =
        study.evaluate(events.score, std::vector<double>{0.2, 0.3}, RandomStream(1, ""));
    EXPECT_EQ(run.selected[0], 250);  // equal scores are one step
    EXPECT_TRUE(std::isinf(run.threshold[0]));
    EXPECT_EQ(run.selected[1], 300);
    EXPECT_TRUE(std::isfinite(run.threshold[1]));
}

// 750 events that are mapped weigh one each, the other 250 three.
TEST(Sculpting, EventsThatAreNotMappedCountTheirWeight) {
    const Sample events = partly_mapped();
    std::vector<float> weight;
    for (const std::uint8_t mapped : events.mapped) weight.push_back(mapped != 0 ? 1.0F : 3.0F);
    const auto selected = [&](Unmapped unmapped) {
        const SculptingStudy study(events.mass, events.mapped, MassWindow(0, 10),
                                   {.bins = 10, .unmapped = unmapped}, weight);
        return study.evaluate(events.score, std::vector<double>{0.2}, RandomStream(1, ""))
            .selected[0];
    };
    EXPECT_EQ(selected(Unmapped::rejected), 300);
    EXPECT_EQ(selected(Unmapped::excluded), 150);
    EXPECT_EQ(selected(Unmapped::selected), 250);  // all that are not mapped are one step
}

TEST(Sculpting, OfDataTheSidebandsAreJudged) {
    // A bump of high scores inside the window, none outside.
    Sample events = sample(20'000, 4, 0);
    for (std::size_t i = 0; i < 2000; ++i) {
        events.mass[i] = 4 + 2 * events.mass[i] / 10;
        events.score[i] = 2;
    }
    const MassWindow window(4, 6);
    const SculptingStudy everywhere(events.mass, {}, window, {.bins = 20});
    const SculptingStudy sidebands(events.mass, {}, window,
                                   {.bins = 20, .judged = Judged::sidebands});
    std::int64_t outside = 0;
    for (const double mass : events.mass) outside += window.contains(mass) ? 0 : 1;
    EXPECT_EQ(sidebands.events(), outside);
    const std::vector<double> efficiency = {0.5};
    const auto all = everywhere.evaluate(events.score, efficiency, RandomStream(1, ""));
    const auto judged = sidebands.evaluate(events.score, efficiency, RandomStream(1, ""));
    EXPECT_EQ(judged.threshold, all.threshold);
    EXPECT_LT(all.p_value[0], 1e-6);
    EXPECT_GT(judged.p_value[0], 1e-3);  // false-alarm rate 1e-3, fixed seed
    EXPECT_LT(judged.selected[0], all.selected[0]);
    // Signal fills part of what is kept in the window: less than that half is kept outside, and
    // chi2 is judged by what is.
    EXPECT_LT(judged.selected[0], 0.45 * static_cast<double>(outside));
    const auto kept = judged.histogram.row(0);
    EXPECT_EQ(judged.chi2_per_dof[0], RandomSelectionNull(sidebands.full())
                                          .chi2_per_dof({kept.begin(), kept.end()},
                                                        static_cast<double>(judged.selected[0]) /
                                                            static_cast<double>(outside)));
}

TEST(Sculpting, SaysWhichPValuesAreSimulated) {
    const Sample events = sample(10'000, 5, 0.1);
    const SculptingStudy study(events.mass, {}, MassWindow(4, 6), {.bins = 50});
    const auto run =
        study.evaluate(events.score, std::vector<double>{0.01, 0.2}, RandomStream(1, ""));
    EXPECT_EQ(run.simulated, (std::vector<std::uint8_t>{1, 0}));
    EXPECT_GE(run.p_value[0], RandomSelectionNull::smallest_simulated_p);
    EXPECT_LT(run.p_value[1], RandomSelectionNull::smallest_simulated_p);
}

TEST(Sculpting, ConstantScoresSelectEverything) {
    Sample events = sample(1000, 2, 0);
    events.score.assign(1000, 0.5F);
    const SculptingStudy study(events.mass, {}, MassWindow(4, 6), {.bins = 10});
    const auto run = study.evaluate(events.score, std::vector<double>{0.1}, RandomStream(1, ""));
    EXPECT_EQ(run.selected[0], 1000);
    EXPECT_EQ(run.chi2_per_dof[0], 0);
    EXPECT_EQ(run.p_value[0], 1);
}

TEST(Sculpting, NullPerEfficiency) {
    const Sample events = sample(1000, 3, 0);
    const SculptingStudy study(events.mass, {}, MassWindow(4, 6), {.bins = 10});
    const auto null = study.null(std::vector<double>{0.1, 0.0001, 1});
    EXPECT_NEAR(null[0].mean, 0.9, 1e-3);
    EXPECT_LT(null[0].low, null[0].mean);
    EXPECT_GT(null[0].high, null[0].mean);
    EXPECT_TRUE(std::isnan(null[1].mean));
    EXPECT_EQ(null[2].mean, 0);
}

TEST(Sculpting, RefusesBadInput) {
    const Sample events = sample(100, 4, 0);
    EXPECT_THROW(SculptingStudy(events.mass, {}, MassWindow(20, 30), {.bins = 10}), InputError);
    EXPECT_THROW(SculptingStudy(events.mass, {}, MassWindow(4, 6), {.bins = 101}), InputError);
    EXPECT_THROW(SculptingStudy(std::vector<double>{5}, {}, MassWindow(4, 6), {.bins = 1}),
                 InputError);
    EXPECT_THROW(SculptingStudy({}, {}, MassWindow(4, 6)), InputError);
    const SculptingStudy study(events.mass, {}, MassWindow(4, 6), {.bins = 10});
    const auto evaluate = [&](const std::vector<float>& score, double efficiency) {
        return study.evaluate(score, std::vector<double>{efficiency}, RandomStream(1, ""));
    };
    EXPECT_THROW(evaluate(events.score, 0), UsageError);
    EXPECT_THROW(evaluate(events.score, 1.1), UsageError);
    EXPECT_THROW(evaluate(std::vector<float>(100, NAN), 0.1), InputError);
    EXPECT_THROW(evaluate({}, 0.1), ContractViolation);
}

}  // namespace
}  // namespace lacathode
