#include "lacathode/stats/multiple_tests.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

TEST(MultipleTests, TheLeastTimesTheirNumber) {
    EXPECT_DOUBLE_EQ(combined_p_value(std::vector<double>{0.3, 0.01, 0.5}), 0.03);
    EXPECT_EQ(combined_p_value(std::vector<double>{0.6, 0.9}), 1);
    EXPECT_TRUE(std::isnan(combined_p_value({})));
    const double none = std::nan("");
    EXPECT_TRUE(std::isnan(combined_p_value(std::vector<double>{none, 0.001})));
    EXPECT_TRUE(std::isnan(combined_p_value(std::vector<double>{0.001, none})));
}

// Of ten p-values it is at most 5 % in 1 - (1 - 0.005)^10 = 4.9 % of cases if they are independent,
// and in 0.5 % if all are the same. Four standard deviations of 10,000 cases.
TEST(MultipleTests, FalseAlarms) {
    RandomStream random(43, "multiple tests");
    double independent = 0, equal = 0;
    for (int i = 0; i < 10'000; ++i) {
        std::vector<double> p;
        for (int k = 0; k < 10; ++k) p.push_back(random.uniform());
        independent += combined_p_value(p) <= 0.05 ? 1e-4 : 0;
        equal += combined_p_value(std::vector<double>(10, p[0])) <= 0.05 ? 1e-4 : 0;
    }
    EXPECT_NEAR(independent, 0.0489, 4 * std::sqrt(0.0489 * 0.9511 / 10'000));
    EXPECT_NEAR(equal, 0.005, 4 * std::sqrt(0.005 * 0.995 / 10'000));
}

}  // namespace
}  // namespace lacathode
