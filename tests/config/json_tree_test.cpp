// Nested JSON.
#include <gtest/gtest.h>

#include <limits>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::test {
namespace {

TEST(JsonTree, KeepsTypesAndOrder) {
    JsonTree tree;
    tree["z"] = 3;
    tree["a"] = true;
    tree["list"] = JsonTree::Items{"one", 2.5, std::uint64_t{18446744073709551615U}};
    tree["inner"]["nan"] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(to_json(tree), R"({
  "z": 3,
  "a": true,
  "list": [
    "one",
    2.5,
    18446744073709551615
  ],
  "inner": {
    "nan": null
  }
})");
}

TEST(JsonTree, OfASummary) {
    const Summary summary = {{"rows", std::int64_t{3}}, {"path", "a\xff"}};
    EXPECT_EQ(to_json(JsonTree(summary)), "{\n  \"rows\": 3,\n  \"path\": \"a\xef\xbf\xbd\"\n}");
}

TEST(JsonTree, OnlyAnObjectHasMembers) {
    JsonTree number = 1;
    EXPECT_THROW((void)number["a"], ContractViolation);
}

TEST(JsonTree, IsReadBack) {
    const std::string text =
        to_json(parse_json(R"({"b": [1, -2, 0.5, null, "x"], "a": {"c": false}})"));
    EXPECT_EQ(to_json(parse_json(text)), text);
    EXPECT_LT(text.find("\"b\""), text.find("\"a\""));
}

TEST(JsonTree, WhatIsNoJsonStaysAText) {
    for (const std::string& text :
         {std::string("{\"a\": "), std::string(""), std::string(100'000, '[')}) {
        EXPECT_EQ(std::get<std::string>(parse_json(text).value()), text);
    }
    const std::string deep = std::string(65, '[') + std::string(65, ']');
    EXPECT_EQ(std::get<std::string>(parse_json(deep).value()), deep);
    EXPECT_EQ(parse_json(deep.substr(1, 128)).value().index(),
              JsonTree(JsonTree::Items{}).value().index());
}

}  // namespace
}  // namespace lacathode::test
