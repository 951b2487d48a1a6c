#include "lacathode/stats/gamma_distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// For an integer shape the survival function is a Poisson sum.
double poisson_sum(double x, int shape) {
    double sum = 0;
    for (int j = 0; j < shape; ++j) sum += std::exp(j * std::log(x) - x - std::lgamma(j + 1.0));
    return sum;
}

TEST(GammaDistribution, AgreesWithClosedForms) {
    for (const double x : {1e-3, 0.3, 1.0, 4.0, 30.0, 300.0}) {
        EXPECT_NEAR(gamma_survival(x, 1, 1), std::exp(-x), 1e-13 * std::exp(-x) + 1e-300);
        EXPECT_NEAR(gamma_survival(2 * x, 1, 2), std::exp(-x), 1e-13 * std::exp(-x) + 1e-300);
        const double half = std::erfc(std::sqrt(x));
        EXPECT_NEAR(gamma_survival(x, 0.5, 1), half, 1e-12 * half);
    }
}

TEST(GammaDistribution, AgreesWithThePoissonSum) {
    for (const int shape : {3, 150, 1000}) {
        for (const double ratio : {0.5, 0.9, 1.0, 1.1, 1.5, 2.5}) {
            const double expected = poisson_sum(ratio * shape, shape);
            EXPECT_NEAR(gamma_survival(ratio * shape, shape, 1), expected, 1e-10 * expected)
                << shape << ' ' << ratio;
        }
    }
}

TEST(GammaDistribution, QuantileInverts) {
    for (const double shape : {0.2, 1.0, 149.5, 2e4}) {
        for (const double p : {0.001, 0.16, 0.5, 0.84, 0.999}) {
            EXPECT_NEAR(1 - gamma_survival(gamma_quantile(p, shape, 3), shape, 3), p, 1e-10);
        }
    }
}

TEST(GammaDistribution, Ends) {
    EXPECT_EQ(gamma_survival(0, 2, 1), 1);
    EXPECT_EQ(gamma_survival(INFINITY, 2, 1), 0);
    EXPECT_EQ(gamma_survival(1e6, 2, 1), 0);
    EXPECT_THROW(gamma_survival(1, 0, 1), ContractViolation);
    EXPECT_THROW(gamma_quantile(1, 1, 1), ContractViolation);
}

}  // namespace
}  // namespace lacathode
