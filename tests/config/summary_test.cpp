// What a stage says when it is done.
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/config/json.hpp"

namespace lacathode {
namespace {

TEST(SummaryText, Json) {
    const Summary summary = {{"output", std::string("a \"b\".h5")},
                             {"events", std::int64_t{-7}},
                             {"sic", 2.5},
                             {"none", std::nan("")}};
    EXPECT_EQ(to_json(summary),
              "{\n  \"output\": \"a \\\"b\\\".h5\",\n  \"events\": -7,\n  \"sic\": 2.5,\n"
              "  \"none\": null\n}");
}

TEST(SummaryText, PathsNeedNotBeUtf8) {
    EXPECT_EQ(to_json(Summary{{"output", std::string("\xff.h5")}}),
              "{\n  \"output\": \"\xEF\xBF\xBD.h5\"\n}");
}

TEST(SummaryText, AlignedForPeople) {
    EXPECT_EQ(to_text(Summary{{"n", std::int64_t{1}}, {"longer", std::string("x")}}),
              "n       1\nlonger  x\n");
}

}  // namespace
}  // namespace lacathode
