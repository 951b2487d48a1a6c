#include "lacathode/ml/state_layout.hpp"

#include <gtest/gtest.h>

#include "support/golden.hpp"

namespace lacathode {
namespace {

void expect_mask(const test::GoldenArray& mask, const std::vector<int>& out,
                 const std::vector<int>& in) {
    ASSERT_EQ(mask.shape, (std::vector<std::size_t>{out.size(), in.size()}));
    for (std::size_t row = 0; row < out.size(); ++row) {
        for (std::size_t col = 0; col < in.size(); ++col) {
            EXPECT_EQ(mask.values[row * in.size() + col] == 1, out[row] >= in[col]);
        }
    }
}

TEST(StateLayout, DegreesGiveTheReferenceMasks) {
    const test::GoldenFile golden("flow_d4_h128_k15.h5");
    const MadeDegrees degrees = made_degrees({});
    expect_mask(golden.array("initial/block_03/input_mask"), degrees.hidden, degrees.input);
    expect_mask(golden.array("initial/block_03/hidden_mask"), degrees.hidden, degrees.hidden);
    expect_mask(golden.array("initial/block_03/output_mask"), degrees.output, degrees.hidden);
}

TEST(StateLayout, WithOneFeatureNothingDependsOnItAndTheOutputOnEveryHiddenUnit) {
    const MadeDegrees degrees = made_degrees({.features = 1, .hidden = 3, .blocks = 1});
    for (const int hidden : degrees.hidden) {
        EXPECT_LT(hidden, degrees.input.at(0));
        EXPECT_GE(degrees.output.at(0), hidden);
        EXPECT_GE(degrees.output.at(1), hidden);
    }
}

TEST(StateLayout, MatchesTheReferenceFile) {
    const test::GoldenFile golden("flow_d4_h128_k15.h5");
    std::size_t trained = 0;
    for (const ArrayLayout& array : maf_state_layout({})) {
        const test::GoldenArray found = golden.array("initial/" + array.name);
        EXPECT_EQ(std::vector<std::int64_t>(found.shape.begin(), found.shape.end()), array.shape);
        if (array.name.find("running") == std::string::npos) trained += array.size();
    }
    EXPECT_EQ(trained, 274'800U);
}

TEST(StateLayout, TheClassifierEndsInOneUnit) {
    const auto layout = mlp_state_layout({.inputs = 5, .hidden = {7, 3}});
    ASSERT_EQ(layout.size(), 6U);
    EXPECT_EQ(layout[0].name, "layer_0/weight");
    EXPECT_EQ(layout[0].shape, (std::vector<std::int64_t>{7, 5}));
    EXPECT_EQ(layout[4].shape, (std::vector<std::int64_t>{1, 3}));
    EXPECT_EQ(layout[5].shape, (std::vector<std::int64_t>{1}));
}

}  // namespace
}  // namespace lacathode
