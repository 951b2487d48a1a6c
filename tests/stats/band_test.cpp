#include "lacathode/stats/band.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/quantile.hpp"
#include "support/golden.hpp"

namespace lacathode {
namespace {

void expect_same(const std::vector<double>& values, const std::vector<double>& expected) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(std::isnan(values[i]), std::isnan(expected[i])) << i;
        if (std::isnan(values[i])) continue;
        EXPECT_NEAR(values[i], expected[i], 1e-12) << i;
    }
}

TEST(Band, AgreesWithTheReference) {
    const test::GoldenFile file("metrics.h5");
    const auto curves = file.array("sic/curves");
    const Band band =
        band_over_retrainings(Matrix<double>(curves.shape[0], curves.shape[1], curves.values));
    expect_same(band.median, file.array("sic/median").values);
    expect_same(band.low, file.array("sic/low").values);
    expect_same(band.high, file.array("sic/high").values);
}

TEST(Band, NeedsHalfOfTheRuns) {
    Matrix<double> runs(4, 3, NAN);
    runs(0, 1) = 1;
    runs(0, 2) = 1;
    runs(3, 2) = 3;
    const Band band = band_over_retrainings(runs);
    EXPECT_TRUE(std::isnan(band.median[0]));
    EXPECT_TRUE(std::isnan(band.median[1]));
    EXPECT_EQ(band.median[2], 2);
    EXPECT_NEAR(band.low[2], 1.32, 1e-15);
    EXPECT_NEAR(band.high[2], 2.68, 1e-15);
}

TEST(Band, OneRunIsItsOwnBand) {
    const Band band = band_over_retrainings(Matrix<double>(1, 2, std::vector<double>{5, NAN}));
    EXPECT_EQ(band.low[0], 5);
    EXPECT_EQ(band.high[0], 5);
    EXPECT_TRUE(std::isnan(band.median[1]));
}

TEST(Quantile, LinearBetweenOrderStatistics) {
    const std::vector<double> sorted = {1, 2, 4, 8};
    EXPECT_EQ(quantile_of_sorted(sorted, 0), 1);
    EXPECT_EQ(quantile_of_sorted(sorted, 1), 8);
    EXPECT_EQ(quantile_of_sorted(sorted, 0.5), 3);
    EXPECT_THROW(quantile_of_sorted({}, 0.5), ContractViolation);
    EXPECT_THROW(quantile_of_sorted(sorted, 1.5), ContractViolation);
}

}  // namespace
}  // namespace lacathode
