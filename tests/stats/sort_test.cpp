// Sorting of events by score.
#include "stats/sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace lacathode::test {
namespace {

using stats::detail::ScoredWord;

constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(ScoredWords, KeepScoreAndRest) {
    for (const float score : {-infinity, -1.5F, -std::numeric_limits<float>::denorm_min(), 0.0F,
                              1e-30F, 0.25F, infinity}) {
        for (const std::uint32_t rest : {0U, 1U, 0xFFFF'FFFFU}) {
            EXPECT_EQ(ScoredWord(score, rest).score(), score);
            EXPECT_EQ(ScoredWord(score, rest).rest(), rest);
        }
    }
    EXPECT_FALSE(std::signbit(ScoredWord(-0.0F, 0).score()));
}

// Against the standard library, at sizes around those at which the algorithm changes.
TEST(ScoredWords, AreSortedByDescendingScore) {
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    for (const std::size_t size : {0, 1, 2, 3, 15, 16, 17, 127, 128, 129, 1000, 100'000}) {
        std::vector<std::pair<float, std::uint32_t>> expected;
        std::vector<ScoredWord> events;
        for (std::uint32_t i = 0; i < size; ++i) {
            const float score = i % 7 == 0 ? 0.5F : normal(generator);  // with ties
            expected.emplace_back(score, i);
            events.emplace_back(score, i);
        }
        std::ranges::sort(expected, std::ranges::greater{});
        sort_by_descending_score(events);
        for (std::size_t i = 0; i < size; ++i) {
            ASSERT_EQ(events[i].score(), expected[i].first) << size << ' ' << i;
            ASSERT_EQ(events[i].rest(), expected[i].second) << size << ' ' << i;
        }
    }
}

TEST(SortAscending, AgreesWithTheStandardLibrary) {
    std::mt19937 generator(2);
    std::normal_distribution<double> normal;
    for (const std::size_t size : {0, 1, 2, 31, 64, 65, 4097, 100'000}) {
        std::vector<double> values(size);
        for (double& value : values) value = normal(generator);
        std::vector<double> expected = values;
        std::ranges::sort(expected);
        stats::detail::sort_ascending(std::span(values));
        EXPECT_EQ(values, expected);
        std::vector<float> floats(expected.rbegin(), expected.rend());
        stats::detail::sort_ascending(std::span(floats));
        EXPECT_TRUE(std::ranges::is_sorted(floats));
    }
}

}  // namespace
}  // namespace lacathode::test
