#include "lacathode/core/text.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"

namespace lacathode {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Text, Lists) {
    EXPECT_THAT(split_at_commas("a, b,,c"), ElementsAre("a", " b", "", "c"));
    EXPECT_THAT(split_at_commas(""), ElementsAre(""));
    EXPECT_THAT(split_at_commas("a,"), ElementsAre("a", ""));
    EXPECT_EQ(joined({"a", "", "b"}), "a,,b");
    EXPECT_EQ(joined({"a", "b"}, " or "), "a or b");
    EXPECT_EQ(joined({}), "");
}

TEST(Text, SmallThings) {
    EXPECT_EQ(concat("a", 1, '-', 0.5), "a1-0.5");
    EXPECT_EQ(trimmed(" \t a b\t"), "a b");
    EXPECT_EQ(trimmed(" \t"), "");
    EXPECT_EQ(two_digits(0), "00");
    EXPECT_EQ(two_digits(9), "09");
    EXPECT_EQ(two_digits(123), "123");
}

TEST(Text, ABoundIsRoundedUp) {
    EXPECT_EQ(rounded_up(1.0 / 3, 3), "0.334");
    EXPECT_EQ(rounded_up(1.0 / 301, 2), "0.0034");
    EXPECT_EQ(rounded_up(1.0 / 10'001, 4), "0.0001");
    EXPECT_EQ(rounded_up(0.9996, 3), "1");
    for (const double told : {0.07, 0.1, 0.25, 0.5, 1.0})
        EXPECT_EQ(rounded_up(told, 2), concat(told));
    EXPECT_EQ(rounded_up(1e-300, 4), "1e-300");
}

TEST(Problems, AreCollectedAndThrownTogether) {
    Problems found;
    EXPECT_TRUE(found.empty());
    found.unless(true, "never said");
    found.unless(false, "a = ", 3, " is wrong");
    found.add({"b", "c"}, "more: ");
    EXPECT_FALSE(found.empty());
    const std::vector<std::string> all = found.take();
    EXPECT_THAT(all, ElementsAre("a = 3 is wrong", "more: b", "more: c"));
    EXPECT_NO_THROW(require_no_problems("what", {}));
    try {
        require_no_problems("what", all);
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "what:\n  a = 3 is wrong\n  more: b\n  more: c");
    }
}

}  // namespace
}  // namespace lacathode
