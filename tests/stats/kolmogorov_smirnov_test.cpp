#include "lacathode/stats/kolmogorov_smirnov.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// So many values whose distribution function lies below the uniform one by at most `distance`.
std::vector<double> at_distance(double distance, std::size_t n) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(static_cast<double>(i) / static_cast<double>(n) * (1 - distance) +
                         distance);
    }
    return values;
}

// Tabulated points of Kolmogorov's distribution; at N = 10^6 the correction is below 2e-4.
TEST(KolmogorovSmirnov, TabulatedPoints) {
    constexpr std::size_t n = 1'000'000;
    for (const auto& [t, p] : {std::pair{1.3581, 0.05}, {1.6276, 0.01}, {0.8276, 0.5}}) {
        const double shift = t / 1000;
        const auto result = kolmogorov_smirnov_uniform(at_distance(shift, n));
        EXPECT_NEAR(result.distance, shift, 1e-15);
        EXPECT_NEAR(result.p_value, p, 1e-3);
    }
}

// Exact critical values (SciPy's kstwo; Marsaglia, Tsang and Wang 2003). Without Stephens'
// correction p is 26 and 39 % too large.
TEST(KolmogorovSmirnov, CriticalValuesOfTwentyEvents) {
    for (const auto& [distance, p] : {std::pair{0.29408, 0.05}, {0.35241, 0.01}}) {
        std::vector<double> values = at_distance(distance, 20);
        EXPECT_NEAR(kolmogorov_smirnov_uniform(values).p_value, p, 0.01 * p);
        for (double& value : values) value = 1 - value;  // lies as far above
        EXPECT_NEAR(kolmogorov_smirnov_uniform(values).p_value, p, 0.01 * p);
    }
}

TEST(KolmogorovSmirnov, NoProbabilities) {
    EXPECT_THROW(kolmogorov_smirnov_uniform({}), InputError);
    EXPECT_THROW(kolmogorov_smirnov_uniform({0.5, NAN}), InputError);
    EXPECT_THROW(kolmogorov_smirnov_uniform({0.5, 1.1}), InputError);
}

}  // namespace
}  // namespace lacathode
