// A search as studies, and what its toys say.
#include "lacathode/workflow/search.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Search search(std::vector<double> centres) {
    Search one;
    one.scan = {.centres = std::move(centres), .width = 0.2};
    one.toys = {.first = 7, .count = 2};
    one.chain.run.methods = {Method::lacathode};
    one.chain.run.folds = 2;
    one.chain.stages.of<Prepare>().input.patterns = {"table.h5"};
    return one;
}

std::vector<std::string> names_of(const Study& study) {
    std::vector<std::string> names;
    for (const StudyChain& chain : chains_of(study, {})) names.push_back(chain.name);
    return names;
}

TEST(Search, AScanIsAChainForEachSignalRegion) {
    const Study study = scan_study(search({3.1, 3.5}));
    EXPECT_THAT(problems(study), IsEmpty());
    EXPECT_THAT(names_of(study), ElementsAre("m3.1", "m3.5"));
    const StudyChain last = chains_of(study, {}).back();
    const Prepare::Config& prepare = last.config.stages.of<Prepare>();
    EXPECT_DOUBLE_EQ(prepare.signal_region_low, 3.4);
    EXPECT_DOUBLE_EQ(prepare.signal_region_high, 3.6);
    EXPECT_TRUE(last.config.run.hunt);
    EXPECT_FALSE(last.config.run.pseudo_data);
    EXPECT_FALSE(last.config.stages.of<Hunt>().unblind);
}

TEST(Search, WithoutCentresItIsTheSignalRegionOfPrepare) {
    EXPECT_THAT(names_of(scan_study(search({}))), ElementsAre("signal_region"));
}

TEST(Search, EveryToyIsSearchedInEverySignalRegion) {
    const Study study = toys_study(search({3.1, 3.5}));
    EXPECT_THAT(problems(study), IsEmpty());
    EXPECT_THAT(names_of(study), ElementsAre("toy7-m3.1", "toy7-m3.5", "toy8-m3.1", "toy8-m3.5"));
    for (const StudyChain& chain : chains_of(study, {})) {
        EXPECT_TRUE(chain.config.run.pseudo_data);
        EXPECT_TRUE(chain.config.stages.of<Hunt>().unblind);
        // All from one flow, whatever region is searched.
        EXPECT_EQ(chain.config.stages.of<PseudoData>().signal_region_low, 3.3);
    }
    EXPECT_EQ(chains_of(study, {}).back().config.stages.of<PseudoData>().number, 8U);
}

TEST(Search, WhatIsNoScanIsRefused) {
    EXPECT_THAT(problems(search({3.5, 3.1})), ElementsAre(HasSubstr("scan.centres must ascend")));
    EXPECT_THAT(problems(search({3.5, 3.5})), ElementsAre(HasSubstr("scan.centres must ascend")));
    EXPECT_THAT(problems(scan_study(search({2.8}))),
                testing::Contains(AllOf(HasSubstr("chain 'm2.8'"),
                                        HasSubstr("does not lie within the range of the fit"))));
    Search without_folds = search({3.5});
    without_folds.chain.run.folds = 0;
    EXPECT_THAT(problems(scan_study(without_folds)), testing::Contains(HasSubstr("set run.folds")));
}

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

std::vector<std::vector<Found>> normal_toys(std::size_t count, std::size_t windows, double bias) {
    RandomStream stream(91, "toys");
    std::vector<std::vector<Found>> toys;
    for (std::size_t toy = 0; toy < count; ++toy) {
        std::vector<double> z(windows);
        for (double& value : z) value = bias + stream.normal();
        toys.push_back({found(z)});
    }
    return toys;
}

// Mean 0 +- 0.016 and width 1 +- 0.011 of 4000: five errors; uniformity has a false alarm in 1000.
TEST(Calibrations, OfNormalZAreFlat) {
    const std::vector<Calibration> all = calibrations({"a", "b"}, normal_toys(4000, 2, 0));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].window, "b");
    EXPECT_EQ(all[0].toys, 4000U);
    EXPECT_NEAR(all[0].mean, 0, 0.08);
    EXPECT_NEAR(all[0].width, 1, 0.056);
    EXPECT_NEAR(all[0].mean_error, 1 / std::sqrt(4000), 1e-3);
    EXPECT_GT(all[0].uniformity, 1e-3);
}

TEST(Calibrations, ABiasIsSeen) {
    const std::vector<Calibration> all = calibrations({"a"}, normal_toys(1000, 1, 0.5));
    EXPECT_LT(all[0].uniformity, 1e-9);
    EXPECT_GT(all[0].mean, 5 * all[0].mean_error);
}

// Of W independent windows the largest z exceeds x with 1 - (1 - p)^W.
TEST(GlobalSignificances, TheLargestOfSeveralWindowsCounts) {
    const std::vector<Found> data = {found({0.5, 2.5, -1})};
    const std::vector<GlobalSignificance> all = global_significances(data, normal_toys(4000, 3, 0));
    ASSERT_EQ(all.size(), 1U);
    const double p = normal_survival(2.5);
    EXPECT_EQ(all[0].window, "w1");
    EXPECT_EQ(all[0].local_p_value, p);
    EXPECT_EQ(all[0].toys, 4000U);
    EXPECT_EQ(all[0].p_value, (static_cast<double>(all[0].above) + 1) / 4001);
    EXPECT_NEAR(all[0].p_value, 1 - std::pow(1 - p, 3), 5 * all[0].p_value_error);
    // Two steps, each up through 0 with 1/4: an upper bound on the true p, and not far from it.
    EXPECT_NEAR(all[0].by_crossings, p + 0.5 * std::exp(-0.5 * 2.5 * 2.5), 0.002);
    EXPECT_GT(all[0].by_crossings, all[0].p_value - 5 * all[0].p_value_error);
}

TEST(GlobalSignificances, ADeficitIsWorthNothing) {
    const auto all = global_significances({found({-0.5})}, normal_toys(100, 1, 0));
    EXPECT_GT(all[0].p_value, 0.5);
    EXPECT_EQ(all[0].by_crossings, 1);
}

}  // namespace
}  // namespace lacathode::test
