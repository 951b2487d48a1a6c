// The logarithm of the gamma function, against products, and what it leaves alone.
#include "stats/log_gamma_function.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/fisher_exact.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "lacathode/stats/poisson_distribution.hpp"

namespace lacathode::test {
namespace {

using stats::detail::log_gamma_function;

// Gamma(n) = (n - 1)!, which float64 holds exactly up to 22!.
TEST(LogGammaFunction, IsThatOfFactorials) {
    double factorial = 1;
    for (int n = 1; n <= 23; factorial *= n++)
        EXPECT_NEAR(log_gamma_function(n), std::log(factorial), 1.1e-14 + 2e-15 * n) << n;
}

TEST(LogGammaFunction, AgreesWithTheLibrarysAtAnyArgument) {
    for (double x = 1e-3; x < 1e12; x *= 1.07) {
        const double library = std::lgamma(x);
        EXPECT_NEAR(log_gamma_function(x), library, 1e-14 + 2e-15 * std::abs(library)) << x;
    }
    EXPECT_NEAR(log_gamma_function(0.5), 0.5 * std::log(std::acos(-1)), 1e-14);
}

TEST(LogGammaFunction, IsOfPositiveNumbers) {
    EXPECT_THROW((void)log_gamma_function(0), ContractViolation);
    EXPECT_THROW((void)log_gamma_function(-0.5), ContractViolation);
    EXPECT_THROW((void)log_gamma_function(std::numeric_limits<double>::quiet_NaN()),
                 ContractViolation);
}

// What std::lgamma writes to is one for all threads: a race, though nobody reads it.
TEST(LogGammaFunction, NothingThatThreadsCallWritesTheGlobalSign) {
#ifdef __GLIBC__
    signgam = 7;
    RandomStream stream(3, "sign");
    for (int i = 0; i < 100; ++i) (void)poisson(50, stream);
    (void)gamma_survival(3, 2, 1);
    (void)log_gamma_cumulative(3, 5, 1);
    (void)excess_p_value({7, 10}, {2, 20});
    EXPECT_EQ(signgam, 7);
#else
    GTEST_SKIP() << "no such variable here";
#endif
}

}  // namespace
}  // namespace lacathode::test
