#include "lacathode/stats/equal_content_bins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "support/golden.hpp"

namespace lacathode {
namespace {

TEST(EqualContentBins, EdgesAgreeWithTheReference) {
    const test::GoldenFile file("metrics.h5");
    const auto edges = equal_content_edges(file.array("sculpting/m").values, 100);
    const auto expected = file.array("sculpting/edges").values;
    ASSERT_EQ(edges.size(), expected.size());
    for (std::size_t i = 0; i < edges.size(); ++i) EXPECT_NEAR(edges[i], expected[i], 1e-12);
}

// With N not a multiple of the number of bins, contents differ by at most one.
TEST(EqualContentBins, ContentsAreEqual) {
    std::vector<double> values;
    for (int i = 0; i < 1003; ++i) values.push_back(std::fmod(i * 0.6180339887, 1.0));
    const auto edges = equal_content_edges(values, 17);
    std::vector<int> contents(17, 0);
    for (const auto bin : bin_indices(values, edges)) ++contents.at(bin);
    for (const int content : contents) EXPECT_THAT(content, testing::AnyOf(58, 59, 60));
    EXPECT_THAT(contents, testing::Each(testing::AllOf(testing::Ge(58), testing::Le(60))));
}

TEST(EqualContentBins, BinsAreClosedBelowAndTheLastAbove) {
    const std::vector<double> edges = {0, 1, 2, 3};
    EXPECT_THAT(bin_indices(std::vector<double>{0, 0.5, 1, 2, 2.5, 3}, edges),
                testing::ElementsAre(0, 0, 1, 2, 2, 2));
    EXPECT_THROW(bin_indices(std::vector<double>{3.1}, edges), ContractViolation);
    EXPECT_THROW(bin_indices(std::vector<double>{NAN}, edges), ContractViolation);
}

TEST(EqualContentBins, RefusesWhatCannotBeBinned) {
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, 2}, 3), InputError);
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, 2}, 0), UsageError);
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, NAN, 2}, 2), InputError);
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, 2, 2, 2, 2, 3}, 4), InputError);
}

}  // namespace
}  // namespace lacathode
