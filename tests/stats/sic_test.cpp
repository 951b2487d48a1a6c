#include "lacathode/stats/sic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "support/golden.hpp"

namespace lacathode {
namespace {

void expect_near(const std::vector<double>& values, const std::vector<double>& expected,
                 double tolerance) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(std::isnan(values[i]), std::isnan(expected[i])) << i;
        if (std::isnan(values[i])) continue;
        EXPECT_NEAR(values[i], expected[i], tolerance) << i;
    }
}

// The file holds the rank of each score, on which alone a curve depends.
TEST(Sic, CurvesAgreeWithTheReference) {
    const test::GoldenFile file("metrics.h5");
    const auto scores = file.array("sic/score");
    const auto label = file.array("sic/label").as_int8();
    const auto curves = file.array("sic/curves");
    const auto grid = background_efficiency_grid();
    expect_near(grid, file.array("sic/background_efficiency").values, 1e-14);
    for (std::size_t run = 0; run < scores.shape[0]; ++run) {
        const auto row = scores.row(run);
        const std::vector<float> score(row.begin(), row.end());
        expect_near(sic_at_background_efficiency(roc_curve(score, label), grid), curves.row(run),
                    1e-12);
    }
}

// 100 background events of scores 1 ... 100 and two signal events of 95.5 and 50.5.
RocCurve small_curve() {
    std::vector<float> score = {95.5F, 50.5F};
    std::vector<std::int8_t> label = {1, 1};
    for (int i = 1; i <= 100; ++i) {
        score.push_back(static_cast<float>(i));
        label.push_back(0);
    }
    return roc_curve(score, label);
}

TEST(Sic, SmallCurve) {
    const RocCurve roc = small_curve();
    EXPECT_NEAR(sic_at(roc, 0.1), 0.5 / std::sqrt(0.1), 1e-12);
    EXPECT_NEAR(sic_at(roc, 0.5), 1 / std::sqrt(0.5), 1e-12);
    EXPECT_TRUE(std::isnan(sic_at(roc, 0.06)));
    EXPECT_NEAR(sic_at(roc, 0.07), 0.5 / std::sqrt(0.07), 1e-12);
    EXPECT_TRUE(std::isnan(sic_at(roc, 0.24, 25)));
    EXPECT_FALSE(std::isnan(sic_at(roc, 0.25, 25)));
    EXPECT_FALSE(std::isnan(sic_at(roc, 0.01, 0)));
    const std::vector<double> grid = {0.05, 0.1, 0.5, 1};
    expect_near(signal_efficiency_at(roc, grid), {0.5, 0.5, 1, 1}, 1e-12);
    // At eps_S = 0.5 the last of the points with that eps_S counts, 1 at the end of the curve.
    expect_near(sic_at_signal_efficiency(roc, std::vector<double>{0.25, 0.5, 1}),
                {NAN, 0.5 / std::sqrt(0.5), 1}, 1e-12);
}

TEST(Sic, EventsThatAreNotMappedEndTheCurve) {
    const RocCurve roc = roc_curve(std::vector<float>{2, 1, 0}, std::vector<std::int8_t>{1, 0, 0},
                                   std::vector<std::uint8_t>{1, 1, 0});
    const std::vector<double> grid = {0.5, 0.75};
    expect_near(signal_efficiency_at(roc, grid), {1, NAN}, 1e-15);
    expect_near(sic_at_background_efficiency(roc, grid, 1), {std::sqrt(2.0), NAN}, 1e-15);
}

TEST(Sic, TooLittleBackgroundIsAllNaN) {
    const RocCurve roc = roc_curve(std::vector<float>{2, 1}, std::vector<std::int8_t>{1, 0});
    const auto sic = sic_at_background_efficiency(roc, background_efficiency_grid());
    EXPECT_TRUE(std::isnan(max_ignoring_nan(sic)));
}

TEST(Sic, GridsAndSmallHelpers) {
    const auto grid = background_efficiency_grid(5, 1e-4);
    expect_near(grid, {1e-4, 1e-3, 1e-2, 1e-1, 1}, 1e-15);
    EXPECT_EQ(grid.back(), 1);
    expect_near(signal_efficiency_grid(4), {0.25, 0.5, 0.75, 1}, 0);
    EXPECT_THROW(background_efficiency_grid(1), UsageError);
    EXPECT_THROW(background_efficiency_grid(5, 0), UsageError);
    EXPECT_THROW(signal_efficiency_grid(0), UsageError);
    EXPECT_EQ(max_ignoring_nan(std::vector<double>{NAN, 2, NAN, 3, 1}), 3);
    EXPECT_TRUE(std::isnan(max_ignoring_nan({})));
    EXPECT_EQ(argmax_ignoring_nan(std::vector<double>{NAN, 2, NAN, 3, 3}), 3U);
    EXPECT_FALSE(argmax_ignoring_nan(std::vector<double>{NAN}));
    // 20 % at the least background that counts.
    EXPECT_DOUBLE_EQ(sic_counting_error(5, min_selected_background), 1);
    EXPECT_TRUE(std::isnan(sic_counting_error(NAN, 100)));
    EXPECT_DOUBLE_EQ(initial_significance(772, 121'352), 772 / std::sqrt(121'352.0));
    EXPECT_TRUE(std::isnan(initial_significance(1, 0)));
}

TEST(Sic, TheLeastBackgroundOfWeightedEventsIsTheirEffectiveNumber) {
    const std::vector<float> score = {5, 4, 3, 2};
    const std::vector<std::int8_t> label = {1, 0, 0, 0};
    const std::vector<float> weight = {1, 3, 1, 4};
    const RocCurve roc = roc_curve(score, label, {}, Unmapped::rejected, weight);
    // Effective numbers 1, 16 / 10 and 64 / 26 at eps_B = 3/8, 4/8 and 1.
    const std::vector<double> grid = {3.0 / 8, 0.5, 1};
    const std::vector<double> effective = effective_background_at(roc, grid);
    EXPECT_NEAR(effective[0], 1, 1e-12);
    EXPECT_NEAR(effective[1], 1.6, 1e-12);
    EXPECT_NEAR(effective[2], 64.0 / 26, 1e-12);
    // All have eps_S = 1, where the last one counts.
    const std::vector<double> by_signal =
        effective_background_at_signal_efficiency(roc, std::vector<double>{0.5, 1}, 1.5);
    EXPECT_TRUE(std::isnan(by_signal[0]));
    EXPECT_NEAR(by_signal[1], 64.0 / 26, 1e-12);
    const std::vector<double> sic = sic_at_background_efficiency(roc, grid, 1.5);
    EXPECT_TRUE(std::isnan(sic[0]));
    EXPECT_NEAR(sic[1], 1 / std::sqrt(0.5), 1e-12);
    EXPECT_NEAR(sic[2], 1, 1e-12);
}

// A negative weight takes eps_B back from 2/4 to 1/4; what lies behind is not used.
TEST(Sic, WhereACurveTurnsBackItsPointsAreLeftOut) {
    const RocCurve roc =
        roc_curve(std::vector<float>{5, 4, 3, 2}, std::vector<std::int8_t>{0, 0, 1, 0}, {},
                  Unmapped::rejected, std::vector<float>{2, -1, 1, 3});
    const std::vector<double> efficiency =
        signal_efficiency_at(roc, std::vector<double>{0.25, 0.5, 0.75, 1});
    EXPECT_NEAR(efficiency[0], 0, 1e-12);
    EXPECT_NEAR(efficiency[1], 0, 1e-12);
    EXPECT_NEAR(efficiency[2], 0.5, 1e-12);
    EXPECT_NEAR(efficiency[3], 1, 1e-12);
}

}  // namespace
}  // namespace lacathode
