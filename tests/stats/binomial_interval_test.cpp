// Clopper and Pearson's interval against its definition.
#include "lacathode/stats/binomial_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lacathode::test {
namespace {

TEST(BinomialInterval, OfNoneAndOfAllHasOneEnd) {
    const BinomialInterval none = binomial_interval(0, 200, 0.9);
    EXPECT_EQ(none.low, 0);
    EXPECT_NEAR(none.high, 1 - std::pow(0.05, 1.0 / 200), 1e-11);
    const BinomialInterval all = binomial_interval(200, 200, 0.9);
    EXPECT_NEAR(all.low, std::pow(0.05, 1.0 / 200), 1e-11);
    EXPECT_EQ(all.high, 1);
}

// Of 3 of 10 at 95 %: 0.0667395 to 0.6524529 (Clopper and Pearson 1934 draw 0.07 to 0.65).
TEST(BinomialInterval, IsTheTabulatedOne) {
    const BinomialInterval three = binomial_interval(3, 10, 0.95);
    EXPECT_NEAR(three.low, 0.0667395, 1e-6);
    EXPECT_NEAR(three.high, 0.6524529, 1e-6);
}

// Of many it is the Gaussian one.
TEST(BinomialInterval, OfManyHasTheBinomialError) {
    const BinomialInterval found = binomial_interval(400'000, 1'000'000);
    const double error = std::sqrt(0.4 * 0.6 / 1e6);
    EXPECT_NEAR(found.low, 0.4 - error, 0.01 * error);
    EXPECT_NEAR(found.high, 0.4 + error, 0.01 * error);
}

}  // namespace
}  // namespace lacathode::test
