#include "lacathode/stats/kolmogorov_smirnov.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// Tabulated points of Kolmogorov's distribution; at N = 10^6 the correction is below 2e-4.
TEST(KolmogorovSmirnov, TabulatedPoints) {
    constexpr std::size_t n = 1'000'000;
    for (const auto& [t, p] : {std::pair{1.3581, 0.05}, {1.6276, 0.01}, {0.8276, 0.5}}) {
        std::vector<double> values;
        const double shift = t / 1000;
        for (std::size_t i = 0; i < n; ++i) {
            values.push_back(static_cast<double>(i) / n * (1 - shift) + shift);
        }
        const auto result = kolmogorov_smirnov_uniform(values);
        EXPECT_NEAR(result.distance, shift, 1e-15);
        EXPECT_NEAR(result.p_value, p, 1e-3);
    }
}

TEST(KolmogorovSmirnov, NoProbabilities) {
    EXPECT_THROW(kolmogorov_smirnov_uniform({}), InputError);
    EXPECT_THROW(kolmogorov_smirnov_uniform({0.5, NAN}), InputError);
    EXPECT_THROW(kolmogorov_smirnov_uniform({0.5, 1.1}), InputError);
}

}  // namespace
}  // namespace lacathode
