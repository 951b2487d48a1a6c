// A search as studies.
#include "lacathode/workflow/search.hpp"

#include <gmock/gmock.h>

#include <cmath>

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
    EXPECT_EQ(last.config.stages.of<Hunt>().failed_fit, FailedFit::error);
}

// Six digits otherwise, as results of earlier versions have them.
TEST(Search, SignalRegionsCloseToEachOtherHaveNamesOfTheirOwn) {
    EXPECT_THAT(window_names(search({3.1, 3.5, 3.50000001})),
                ElementsAre("m3.1", "m3.5", "m3.50000001"));
    EXPECT_THAT(window_names(search({3.5, std::nextafter(3.5, 4)})),
                ElementsAre("m3.5", "m3.5000000000000004"));
    EXPECT_THAT(window_names(search({0.1 + 0.2, 100'000, 1'234'567})),
                ElementsAre("m0.3", "m100000", "m1.23457e+06"));
}

// '-' is between the alternatives in a chain's name.
TEST(Search, SmallMassesHaveNamesToo) {
    EXPECT_THAT(window_names(search({0.000'012'345'678, 5e-5, 0.000'15})),
                ElementsAre("m0.0000123457", "m0.00005", "m0.00015"));
    EXPECT_THAT(window_names(search({1e-5, 1.000'000'1e-5})),
                ElementsAre("m0.00001", "m0.000010000001"));
    EXPECT_THAT(problems(scan_study(search({5e-5}))),
                testing::Not(testing::Contains(HasSubstr("is no name"))));
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
        // A toy that cannot be fitted counts as above the data.
        EXPECT_EQ(chain.config.stages.of<Hunt>().failed_fit, FailedFit::leave_out);
        // All from one flow, whatever region is searched.
        EXPECT_EQ(chain.config.stages.of<PseudoData>().signal_region_low, 3.3);
    }
    EXPECT_EQ(chains_of(study, {}).back().config.stages.of<PseudoData>().number, 8U);
}

TEST(Search, WhatIsNoScanIsRefused) {
    EXPECT_THAT(problems(search({3.5, 3.1})), ElementsAre(HasSubstr("scan.centres must ascend")));
    EXPECT_THAT(problems(search({3.5, 3.5})), ElementsAre(HasSubstr("scan.centres must ascend")));
    EXPECT_THAT(problems(scan_study(search({2.8, 3.5}))),
                testing::Contains(AllOf(HasSubstr("chain 'm2.8'"),
                                        HasSubstr("does not lie within the range of the fit"))));
    Search without_folds = search({3.5});
    without_folds.chain.run.folds = 0;
    EXPECT_THAT(problems(scan_study(without_folds)), testing::Contains(HasSubstr("set run.folds")));
}

TEST(Search, NumbersOfToysEndSomewhere) {
    Search toys = search({3.5});
    toys.toys = {.first = 999'999, .count = 2};
    EXPECT_THAT(problems(toys), IsEmpty());
    toys.toys.count = 3;
    EXPECT_THAT(
        problems(toys),
        ElementsAre(HasSubstr("toys.first = 999999 and toys.count = 3 number toys beyond")));
    toys.toys.count = 2'000'000;
    EXPECT_THAT(problems(toys), ElementsAre(HasSubstr("toys.count = 2e+06")));
}

// Told before the flow of the toys is trained, and once, whatever is searched.
TEST(Search, TheSpectrumOfToysHasSidebands) {
    Search toys = search({3.5});
    toys.chain.stages.of<PseudoData>().signal_region_low = 2.2;
    toys.chain.stages.of<PseudoData>().signal_region_high = 2.6;
    EXPECT_THAT(problems(toys_study(toys)),
                ElementsAre(AllOf(HasSubstr("run.pseudo_data: the signal region 2.2 < m < 2.6"),
                                  HasSubstr("does not lie within the range of the fit"))));
    toys.chain.stages.of<PseudoData>().source = PseudoSource::bootstrap;  // of no spectrum
    EXPECT_THAT(problems(toys_study(toys)), IsEmpty());
    toys.chain.run.folds = 0;
    toys.chain.run.hunt = false;
    EXPECT_THAT(problems(toys_study(toys)),
                testing::Contains(HasSubstr("bootstrap draws an event")));
}

// Of a thousand good fits ten have a p below 1 %.
TEST(Search, NoToyFailsTheChecksOfTheData) {
    Search strict = search({3.5});
    strict.chain.stages.of<Hunt>().checks = HuntChecks::fail;
    EXPECT_EQ(scan_study(strict).chain.stages.of<Hunt>().checks, HuntChecks::fail);
    EXPECT_EQ(toys_study(strict).chain.stages.of<Hunt>().checks, HuntChecks::warn);
}

// The width of search() is 0.2.
TEST(Search, OverlappingSignalRegionsAreTold) {
    EXPECT_EQ(remark_on_windows(search({3.1, 3.3, 3.5})), "");  // side by side, but for rounding
    EXPECT_THAT(remark_on_windows(search({3.1, 3.3, 3.45})), HasSubstr("around 3.3 and 3.45"));
}

// The data drawn again are the data.
TEST(Search, AToyOfTheDataNeedsThemUnblinded) {
    Search bootstrap = search({3.5});
    EXPECT_THAT(toys_problems(bootstrap), IsEmpty());
    EXPECT_TRUE(are_null(bootstrap));
    EXPECT_EQ(lack_of_global_p(bootstrap), "");
    bootstrap.chain.stages.of<PseudoData>().source = PseudoSource::bootstrap;
    EXPECT_THAT(toys_problems(bootstrap), ElementsAre(HasSubstr("hunt.unblind")));
    EXPECT_FALSE(are_null(bootstrap));
    EXPECT_THAT(lack_of_global_p(bootstrap), HasSubstr("bootstrap"));
    bootstrap.chain.stages.of<Hunt>().unblind = true;
    EXPECT_THAT(toys_problems(bootstrap), IsEmpty());
    Search injected = search({3.5});
    injected.chain.stages.of<PseudoData>().signal = 100;
    EXPECT_FALSE(are_null(injected));
    EXPECT_THAT(lack_of_global_p(injected), HasSubstr("pseudo_data.signal"));
}

// Their local p are uniform, but those of fewer events say nothing of the data's largest z.
TEST(Search, ToysOfAnotherNumberOfEventsTellNoGlobalP) {
    Search fewer = search({3.5});
    fewer.chain.stages.of<PseudoData>().expected = 1000;
    EXPECT_TRUE(are_null(fewer));
    EXPECT_THAT(lack_of_global_p(fewer), HasSubstr("pseudo_data.expected = 1000"));
}

// Their flow leaves out 3.3 to 3.7 (prepare), and the windows are 0.2 wide.
TEST(Search, ToysMayHaveTheSignalOfARegionThatTheirFlowLearned) {
    EXPECT_EQ(remark_on_toys(search({})), "");
    EXPECT_EQ(remark_on_weights(search({})), "");
    Search weighted = search({});
    weighted.chain.stages.of<Prepare>().weight_column = "w";
    EXPECT_THAT(remark_on_weights(weighted), HasSubstr("weights of the data (w) add up to"));
    Search elsewhere = search({});
    elsewhere.chain.stages.of<PseudoData>().signal_region_low = 4.5;
    elsewhere.chain.stages.of<PseudoData>().signal_region_high = 4.9;
    EXPECT_THAT(remark_on_toys(elsewhere), HasSubstr("leaves out 4.5 to 4.9"));
    EXPECT_THAT(remark_on_toys(search({3.1, 3.5})), HasSubstr("leaves out 3.3 to 3.7"));
    Search same = search({3.1, 3.5});
    same.scan.width = 0.4;
    EXPECT_EQ(remark_on_toys(same), "");
    same.chain.stages.of<PseudoData>().signal_region_low = 2.9;
    same.chain.stages.of<PseudoData>().signal_region_high = 3.3;
    EXPECT_EQ(remark_on_toys(same), "");
}

}  // namespace
}  // namespace lacathode::test
