// Which numbers a key may hold, and how it is said.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "lacathode/config/field.hpp"

namespace lacathode {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Range, EdgesBelongOrNot) {
    EXPECT_FALSE(Range::positive().contains(0));
    EXPECT_TRUE(Range::positive().contains(1e-300));
    EXPECT_FALSE(Range::fraction().contains(0));
    EXPECT_FALSE(Range::fraction().contains(1));
    EXPECT_TRUE(Range::fraction().contains(0.5));
    EXPECT_TRUE(Range::within(1, 100).contains(1));
    EXPECT_TRUE(Range::within(1, 100).contains(100));
    EXPECT_FALSE(Range::within(1, 100).contains(101));
    EXPECT_TRUE(Range::at_least(2).contains(2));
    EXPECT_FALSE(Range::at_least(2).contains(1.999));
    EXPECT_FALSE(Range::count().contains(1e13));
}

TEST(Range, NeverNanOrInfinite) {
    for (const Range& range : {Range{}, Range::positive(), Range::at_least(0)}) {
        EXPECT_FALSE(range.contains(std::nan("")));
        EXPECT_FALSE(range.contains(infinity));
        EXPECT_FALSE(range.contains(-infinity));
    }
}

TEST(Range, InWords) {
    EXPECT_EQ(Range{}.text(), "finite");
    EXPECT_EQ(Range::positive().text(), "positive");
    EXPECT_EQ(Range::at_least(0).text(), "0 or more");
    EXPECT_EQ(Range::at_least(2).text(), "at least 2");
    EXPECT_EQ(Range::within(1, 100).text(), "1 to 100");
    EXPECT_EQ(Range::fraction().text(), "between 0 and 1 (excluded)");
    EXPECT_EQ(Range::within(0, 100'000).text(), "0 to 100000");
    EXPECT_EQ(Range::within(1, 1'000'000).text(), "1 to 1e+06");
    EXPECT_EQ(Range::within(1, 1'000'001).text(), "1 to 1000001");
}

TEST(Range, WhatIsJustBeyondIsToldSo) {
    std::size_t count = 1'000'001;
    double part = std::nextafter(1.0, 2);
    const Section section = {"stage",
                             {{"count", "", "Help.", &count, Range::within(1, 1'000'000)},
                              {"part", "", "Help.", &part, Range::within(0, 1)}}};
    EXPECT_THAT(range_problems(section),
                ElementsAre("stage.count = 1000001 must be 1 to 1e+06",
                            "stage.part = 1.0000000000000002 must be 0 to 1"));
}

TEST(Range, EveryNumberOfASectionIsChecked) {
    std::size_t count = 0;
    double width = infinity;
    std::vector<double> list = {0.5, 2, 3};
    std::vector<std::size_t> sizes = {0};
    std::map<std::string, double> map = {{"x", std::nan("")}};
    std::string text = "-7";
    const Section section = {"stage",
                             {{"count", "", "Help.", &count, Range::within(1, 9)},
                              {"width", "", "Help.", &width},
                              {"list", "", "Help.", &list, Range::within(0, 2)},
                              {"sizes", "", "Help.", &sizes, Range::at_least(1)},
                              {"map", "", "Help.", &map},
                              {"text", "", "Help.", &text, Range::positive()}}};
    EXPECT_THAT(
        range_problems(section),
        ElementsAre("stage.count = 0 must be 1 to 9", "stage.width = inf must be finite",
                    "stage.list[2] = 3 must be 0 to 2", "stage.sizes[0] = 0 must be at least 1",
                    "stage.map.x = nan must be finite"));
    count = 1, width = 0, list = {}, sizes = {1}, map = {};
    EXPECT_THAT(range_problems(section), IsEmpty());
}

TEST(Fields, AFormerNameIsStillUnderstood) {
    std::size_t value = 1;
    const Section section = {
        "stage", {{"now", "", "Help.", &value, {}, "then"}, {"other", "", "Help.", &value}}};
    EXPECT_EQ(find_field(section, "now"), section.fields.data());
    EXPECT_EQ(find_field(section, "then"), section.fields.data());
    EXPECT_EQ(find_field(section, "other"), &section.fields[1]);
    EXPECT_EQ(find_field(section, ""), nullptr);
    EXPECT_EQ(find_field(section, "never"), nullptr);
}

}  // namespace
}  // namespace lacathode
