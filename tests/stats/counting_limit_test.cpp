// Limits where few events are expected, against the Poisson distribution itself.
#include "lacathode/stats/counting_limit.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/poisson_distribution.hpp"

namespace lacathode::test {
namespace {

using testing::DoubleNear;
using testing::Each;

// P(N <= n), summed.
double poisson_cumulative(int n, double mean) {
    double sum = 0;
    double term = std::exp(-mean);
    for (int k = 0; k <= n; ++k) {
        sum += term;
        term *= mean / (k + 1);
    }
    return sum;
}

// CLs of no event is exp(-s), whatever is known of the background.
TEST(CountingLimit, OfNoEventIsThatOfNoBackground) {
    // Of 1500 events its probability is none that float64 has.
    for (const double background : {0.3, 1.5, 15.0, 1500.0}) {
        for (const double error : {0.0, 0.2 * background, background})
            EXPECT_NEAR(CountingLimit(background, error).observed(0), -std::log(0.05), 1e-6);
    }
}

TEST(CountingLimit, OfAKnownBackgroundIsThatOfThePoissonDistribution) {
    for (const double background : {0.3, 1.5, 5.0, 19.0}) {
        for (const int n : {1, 5, 19, 40}) {
            const double s = CountingLimit(background, 0, 0.9).observed(n);
            EXPECT_NEAR(poisson_cumulative(n, background + s) / poisson_cumulative(n, background),
                        0.1, 1e-6)
                << background << ' ' << n;
        }
    }
}

// What docs/method.md says of n = b known background events. There s-hat = 0 and both roots of q~
// are the same, sqrt(2 (s - b ln(1 + s / b))): asymptotically CLs = 0.05 where it is 1.96.
TEST(CountingLimit, IsWeakerThanTheAsymptoticOne) {
    struct Case {
        double background, exact, asymptotic;
    };
    for (const Case& one : {Case{5, 6.33, 5.75}, Case{19, 10.39, 9.87}}) {
        const auto b = one.background;
        EXPECT_NEAR(CountingLimit(b, 0).observed(b), one.exact, 0.006);
        const double s = one.asymptotic;
        EXPECT_NEAR(std::sqrt(2 * (s - b * std::log(1 + s / b))), 1.96, 0.006);
    }
}

// CLs by pseudo-experiments that draw the background from the gamma distribution: of shape 4 it is
// the sum of four exponentials. 4e5 draws of each hypothesis: CLs = 0.05 +- 0.0008, four of these.
TEST(CountingLimit, AnErrorOfTheBackgroundIsMarginalised) {
    constexpr double background = 3;
    constexpr int shape = 4;
    constexpr int count = 4;
    const double s = CountingLimit(background, background / std::sqrt(shape)).observed(count);
    RandomStream stream(5, "gamma");
    const auto at_most = [&](double signal) {
        int below = 0;
        for (int i = 0; i < 400'000; ++i) {
            double mean = signal;
            for (int k = 0; k < shape; ++k)
                mean -= background / shape * std::log(1 - stream.uniform());
            below += poisson(mean, stream) <= count ? 1 : 0;
        }
        return below;
    };
    EXPECT_NEAR(static_cast<double>(at_most(s)) / at_most(0), 0.05, 0.0032);
}

// Of b = 2: P(N <= 0, 1, 2, 3, 5) = 0.135, 0.406, 0.677, 0.857, 0.983; the quantiles of -2 to 2
// sigma, 0.023, 0.159, 0.5, 0.841, 0.977, are 0, 1, 2, 3, 5.
TEST(CountingLimit, ExpectedLimitsAreThoseOfTheQuantiles) {
    const CountingLimit limit(2, 0);
    const std::vector<double> expected = limit.expected();
    ASSERT_EQ(expected.size(), 5U);
    const double counts[] = {0, 1, 2, 3, 5};
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_DOUBLE_EQ(expected[i], limit.observed(counts[i])) << i;
}

// Of two events 6.296: P(N <= 2) = 0.05. As a spectrum expects where it underflows.
TEST(CountingLimit, WithoutBackgroundItIsThatOfTheEvents) {
    EXPECT_NEAR(CountingLimit(0, 0).observed(2), 6.2958, 1e-4);
    EXPECT_NEAR(CountingLimit(0, 0.1).expected()[4], -std::log(0.05), 1e-6);
    EXPECT_NEAR(CountingLimit(1e-320, 1e-321).observed(0), -std::log(0.05), 1e-6);
}

// Effective events are sums of weights.
TEST(CountingLimit, BetweenTwoCountsItLiesOnALine) {
    const CountingLimit limit(2, 0.5);
    EXPECT_NEAR(limit.observed(1.49), 0.51 * limit.observed(1) + 0.49 * limit.observed(2), 1e-6);
    EXPECT_LT(limit.observed(1.999), limit.observed(2));
}

TEST(CountingLimit, ManyEventsAreCountedToo) {
    const CountingLimit limit(2000, 10);
    // sigma^2 = 2000 + 100; the median is 1.96 of it.
    EXPECT_NEAR(limit.expected()[2], 1.96 * std::sqrt(2100), 2);
    EXPECT_GT(limit.observed(2200), 200);
    EXPECT_GT(CountingLimit(1e-9, 0).expected()[2], 2.99);
}

// Limits of a table that ends early would be those of another background.
TEST(CountingLimit, CountsThatAreTooManyAreRefused) {
    EXPECT_NO_THROW(CountingLimit(1e4, 1e4));
    EXPECT_THROW(CountingLimit(1e4, 1e5), NumericalError);
    EXPECT_THROW(CountingLimit(2e6, 0), NumericalError);
}

}  // namespace
}  // namespace lacathode::test
