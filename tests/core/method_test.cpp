// The table of methods.
#include "lacathode/core/method.hpp"

#include <gmock/gmock.h>

#include <set>

namespace lacathode {
namespace {

TEST(Methods, EachIsFoundByItsNumberAndByItsName) {
    ASSERT_FALSE(methods().empty());
    for (const MethodInfo& row : methods()) {
        EXPECT_EQ(&info(row.method), &row);
        EXPECT_EQ(find_method(row.name), row.method);
        EXPECT_EQ(method_name(row.method), row.name);
    }
    EXPECT_EQ(find_method("cathod"), std::nullopt);
    EXPECT_EQ(find_method(""), std::nullopt);
}

TEST(Methods, NamesDifferAndSuitDirectories) {
    std::set<std::string> names;
    for (const std::string& name : method_names()) {
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << name;
    }
    EXPECT_EQ(names.size(), methods().size());
}

// What the papers say of the two.
TEST(Methods, LacathodeWorksInTheLatentSpaceAgainstNormalDraws) {
    EXPECT_EQ(info(Method::lacathode).space, Space::latent);
    EXPECT_EQ(info(Method::lacathode).background, Background::normal);
    EXPECT_EQ(info(Method::cathode).space, Space::features);
    EXPECT_EQ(info(Method::cathode).background, Background::sampled);
}

// The papers' yardsticks train on the truth; CWoLa Hunting and they need no flow.
TEST(Methods, WhatEachNeeds) {
    std::set<std::string> truth, no_flow;
    for (const MethodInfo& row : methods()) {
        if (row.needs_truth()) truth.insert(std::string(row.name));
        if (!row.needs_flow()) no_flow.insert(std::string(row.name));
    }
    EXPECT_EQ(truth, (std::set<std::string>{"idealised", "supervised"}));
    EXPECT_EQ(no_flow, (std::set<std::string>{"cwola", "idealised", "supervised"}));
}

}  // namespace
}  // namespace lacathode
