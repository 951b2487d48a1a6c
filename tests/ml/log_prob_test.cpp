#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lacathode/ml/maf.hpp"

namespace lacathode {
namespace {

TEST(LogProb, IsTheNormalDensityTimesTheJacobian) {
    const FlowForward forward{Matrix<float>(2, 3, {0, 0, 0, 1, -2, 0.5F}), {0.25F, -3}};
    const std::vector<double> result = log_prob(forward);
    const double constant = -1.5 * std::log(2 * 3.14159265358979323846);
    EXPECT_DOUBLE_EQ(result.at(0), constant + 0.25);
    EXPECT_DOUBLE_EQ(result.at(1), constant - 3 - 0.5 * (1 + 4 + 0.25));
}

TEST(LogProb, KeepsWhatIsNotFinite) {
    const float inf = std::numeric_limits<float>::infinity();
    const std::vector<double> result = log_prob({Matrix<float>(2, 1, {inf, 0}), {0, -inf}});
    EXPECT_EQ(result[0], -std::numeric_limits<double>::infinity());
    EXPECT_EQ(result[1], -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace lacathode
