#include "lacathode/stats/fisher_exact.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "support/gaussianity.hpp"

namespace lacathode {
namespace {

struct Oracle {
    Proportion tested;
    Proportion reference;
    double p_value;
};

// Sums of binomial coefficients in exact integers (Python), to 16 digits.
TEST(FisherExact, AgreesWithExactSums) {
    for (const auto& [tested, reference, p_value] :
         {Oracle{{1, 1}, {0, 1}, 0.5},
          {{3, 10}, {1, 10}, 0.29102167182662536},
          {{5, 5}, {0, 5}, 0.003968253968253968},
          {{7, 10}, {2, 20}, 0.0016572133513662749},
          {{120, 1000}, {100, 1000}, 0.08720355205216863},
          {{800, 3000}, {700, 3000}, 0.0015768341140531283},
          {{36, 6000}, {12, 20'000}, 3.677298416374202e-14},
          {{40, 20'000}, {100, 40'000}, 0.9021353894500332},
          {{36, 61'000}, {60, 196'000}, 0.0017693796238953646},
          {{500, 100'000}, {900, 200'000}, 0.03155084288228468},
          {{3000, 1'000'000}, {2500, 900'000}, 0.002289569302927139}}) {
        EXPECT_NEAR(excess_p_value(tested, reference), p_value, 1e-7 * p_value)
            << tested.hits << '/' << tested.events << " against " << reference.hits << '/'
            << reference.events;
    }
}

TEST(FisherExact, NothingToCompareIsNoExcess) {
    EXPECT_EQ(excess_p_value({0, 0}, {0, 0}), 1);
    EXPECT_EQ(excess_p_value({0, 100}, {7, 100}), 1);
    EXPECT_EQ(excess_p_value({100, 100}, {100, 100}), 1);
    EXPECT_EQ(excess_p_value({5, 100}, {0, 0}), 1);
    EXPECT_EQ(excess_p_value({0, 0}, {5, 100}), 1);
    EXPECT_TRUE(std::isnan(Proportion{}.rate()));
    EXPECT_DOUBLE_EQ((Proportion{1, 4}.rate()), 0.25);
    EXPECT_THROW((void)excess_p_value({2, 1}, {0, 1}), ContractViolation);
    EXPECT_THROW((void)excess_p_value({-1, 1}, {0, 1}), ContractViolation);
}

std::int64_t binomial(RandomStream& random, std::int64_t events, double rate) {
    std::int64_t hits = 0;
    for (std::int64_t i = 0; i < events; ++i) hits += random.uniform() < rate ? 1 : 0;
    return hits;
}

struct Experiments {
    std::vector<double> p_values;
    std::vector<double> randomised;  ///< P(more hits) + U P(as many): uniform if P is right
};

// Pairs of 300 and 900 events; the reference has the rate 2 %.
Experiments experiments(double tested_rate, std::size_t count) {
    RandomStream random(29, "fisher");
    Experiments result;
    for (std::size_t i = 0; i < count; ++i) {
        const Proportion tested{binomial(random, 300, tested_rate), 300};
        const Proportion reference{binomial(random, 900, 0.02), 900};
        const double at_least = excess_p_value(tested, reference);
        const double more = reference.hits == 0
                                ? 0
                                : excess_p_value({tested.hits + 1, 300}, {reference.hits - 1, 900});
        result.p_values.push_back(at_least);
        result.randomised.push_back(more + random.uniform() * (at_least - more));
    }
    return result;
}

double fraction_at_most(const std::vector<double>& values, double limit) {
    double count = 0;
    for (const double value : values) count += value <= limit ? 1 : 0;
    return count / static_cast<double>(values.size());
}

// 5000 pairs of equal rates. The randomised p-value is exactly uniform, so that the test has a
// false-alarm rate of 1e-4; the p-value itself must alarm at most as often as it says, here within
// 4 standard deviations (false-alarm rate 3e-5 or less, as the discrete test alarms more rarely).
TEST(FisherExact, IsCalibratedOnEqualRates) {
    const Experiments null = experiments(0.02, 5000);
    EXPECT_GT(kolmogorov_smirnov_uniform(null.randomised).p_value, 1e-4);
    for (const double alpha : {0.05, 0.01}) {
        EXPECT_LE(fraction_at_most(null.p_values, alpha),
                  alpha + 4 * std::sqrt(alpha * (1 - alpha) / 5000));
    }
    // The twin with one and a half times the rate fails both.
    const Experiments biased = experiments(0.03, 5000);
    EXPECT_LT(kolmogorov_smirnov_uniform(biased.randomised).p_value, 1e-4);
    EXPECT_GT(fraction_at_most(biased.p_values, 0.05), 0.1);
}

}  // namespace
}  // namespace lacathode
