// Which keys two configurations differ in.
#include <gmock/gmock.h>

#include "lacathode/config/json.hpp"

namespace lacathode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DifferingKeys, AreNamedWithBothValues) {
    EXPECT_THAT(
        differing_keys(
            R"({"common": {"seed": 1}, "sample": {"size": 2, "gone": "x", "same": 4}})",
            R"({"common": {"seed": 7}, "sample": {"size": 3, "new": [1, 2], "same": 4}})"),
        ElementsAre("common.seed (was 1, is 7)", "sample.size (was 2, is 3)",
                    "sample.new (was absent, is [1,2])", "sample.gone (was \"x\", is absent)"));
}

TEST(DifferingKeys, OfEqualOrForeignTextsThereAreNone) {
    EXPECT_THAT(differing_keys(R"({"a": {"b": 1}})", R"({ "a": {"b": 1} })"), IsEmpty());
    EXPECT_THAT(differing_keys("no JSON", R"(["list"])"), IsEmpty());
}

}  // namespace
}  // namespace lacathode
