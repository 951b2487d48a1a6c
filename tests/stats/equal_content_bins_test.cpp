#include "lacathode/stats/equal_content_bins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

// Distinct values in a shuffled order.
std::vector<int> contents_of(int count, std::size_t bins) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(std::fmod(i * 0.6180339887, 1.0));
    std::vector<int> contents(bins, 0);
    for (const auto bin : bin_indices(values, equal_content_edges(values, bins)))
        ++contents.at(bin);
    return contents;
}

TEST(EqualContentBins, ContentsAreEqual) {
    EXPECT_THAT(contents_of(17 * 59, 17), testing::Each(59));
    EXPECT_THAT(contents_of(17 * 2, 17), testing::Each(2));
}

// 1000 = 14 * 59 + 3 * 58.
TEST(EqualContentBins, ContentsDifferByAtMostOneIfTheyCannotBeEqual) {
    const std::vector<int> contents = contents_of(1000, 17);
    EXPECT_THAT(contents, testing::Each(testing::AnyOf(58, 59)));
    EXPECT_EQ(std::ranges::count(contents, 59), 14);
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
    EXPECT_THAT(([] {
                    return equal_content_edges(std::vector<double>{1, 2, 3}, 3);
                }),
                testing::ThrowsMessage<InputError>(testing::HasSubstr("only 3 events for 3 bins")));
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, 2}, 0), UsageError);
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, NAN, 2}, 2), InputError);
    EXPECT_THROW(equal_content_edges(std::vector<double>{1, 2, 2, 2, 2, 3}, 4), InputError);
}

}  // namespace
}  // namespace lacathode
