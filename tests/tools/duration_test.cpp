// Limits of time as they are written on command lines.
#include "../apps/duration.hpp"

#include <gtest/gtest.h>

namespace lacathode::test {
namespace {

TEST(Duration, IsAWholeNumberOfItsUnit) {
    const auto seconds = [](const char* text) {
        return duration_of(text).value_or(std::chrono::seconds(-1)).count();
    };
    EXPECT_EQ(seconds("90s"), 90);
    EXPECT_EQ(seconds("50m"), 50 * 60);
    EXPECT_EQ(seconds("2h"), 2 * 60 * 60);
    EXPECT_EQ(seconds("1000000h"), 3'600'000'000);
    for (const char* text : {"", "s", "0s", "-1s", "+1s", " 1s", "1", "1.5h", "1 h", "1hs", "1d",
                             "1000001s", "99999999999999999999s"}) {
        EXPECT_EQ(seconds(text), -1) << text;
    }
}

}  // namespace
}  // namespace lacathode::test
