// What a search is worth by its toys.
#include "lacathode/workflow/search_results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// z of W windows at one cut.
Found found(const std::vector<double>& z) {
    Found one{.method = "lacathode",
              .windows = {},
              .efficiencies = {0.01},
              .z = Matrix<double>(z.size(), 1),
              .p_value = Matrix<double>(z.size(), 1)};
    for (std::size_t window = 0; window < z.size(); ++window) {
        one.windows.push_back(concat("w", window));
        one.z(window, 0) = z[window];
        one.p_value(window, 0) = normal_survival(z[window]);
    }
    return one;
}

TEST(Calibrations, AreOfEachWindow) {
    std::vector<std::vector<Found>> toys = {{found({1, -1})}, {found({3, -2})}};
    const std::vector<Calibration> all = calibrations({"a", "b"}, toys);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].window, "a");
    EXPECT_EQ(all[0].null.mean, 2);
    EXPECT_EQ(all[0].null.toys, 2U);
    EXPECT_EQ(all[1].window, "b");
    EXPECT_EQ(all[1].null.mean, -1.5);
}

// Twenty toys, z at the quantiles of a normal distribution; in "b" all are one too large.
TEST(RemarksOnLocalP, TellWhereItIsNotUniform) {
    std::vector<std::vector<Found>> toys;
    for (int i = 0; i < 20; ++i) {
        const double z = significance_of((i + 0.5) / 20);
        toys.push_back({found({z, z + 1})});
    }
    const std::vector<Calibration> all = calibrations({"a", "b"}, toys);
    const std::vector<std::string> remarks = remarks_on_local_p(all);
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_THAT(remarks.front(), HasSubstr("lacathode in b at 0.01"));
    EXPECT_THAT(remarks.front(), HasSubstr("over 20 toys"));
    // Among many windows one such is chance.
    std::vector<Calibration> many(200, all[0]);
    many.push_back(all[1]);
    EXPECT_THAT(remarks_on_local_p(many), IsEmpty());
    many[0].null.uniformity = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(remarks_on_local_p(many), IsEmpty());
}

TEST(GlobalResults, TheLargestZIsTheOneThatCounts) {
    const std::vector<std::vector<Found>> toys = {{found({0, 0, 3})}, {found({1, 2, 0})}};
    const std::vector<GlobalResult> all = global_results({found({0.5, 2.5, -1})}, toys);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].window, "w1");
    EXPECT_EQ(all[0].z, 2.5);
    EXPECT_EQ(all[0].local_p_value, normal_survival(2.5));
    EXPECT_EQ(all[0].global.above, 1U);
    EXPECT_EQ(all[0].global.p_value, 2.0 / 3);
}

TEST(GlobalResults, ToysOfAnotherScanAreRefused) {
    EXPECT_THROW((void)global_results({found({1, 2})}, {{found({1})}}), InputError);
    Found other = found({1, 2});
    other.efficiencies = {0.02};
    EXPECT_THROW((void)global_results({found({1, 2})}, {{other}}), InputError);
}

}  // namespace
}  // namespace lacathode::test
