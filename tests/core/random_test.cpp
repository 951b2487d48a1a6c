#include "lacathode/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "core/philox.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// Known answers that Random123 publishes for philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
    using Words = std::array<std::uint32_t, 4>;
    EXPECT_EQ(core::detail::philox4x32({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(core::detail::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                                       {0xffffffff, 0xffffffff}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(core::detail::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                                       {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

std::vector<std::uint64_t> first(RandomStream stream, std::size_t count) {
    std::vector<std::uint64_t> values(count);
    for (auto& value : values) value = stream.next();
    return values;
}

TEST(RandomStream, DependsOnSeedNameAndPlaceInTheTreeOnly) {
    const auto reference = first(RandomStream(1, "a"), 100);
    EXPECT_EQ(first(RandomStream(1, "a"), 100), reference);
    EXPECT_NE(first(RandomStream(2, "a"), 100), reference);
    EXPECT_NE(first(RandomStream(1, "b"), 100), reference);
    EXPECT_NE(first(RandomStream(1, "a").at(0), 100), reference);
    RandomStream used(1, "a");
    used.normal();
    EXPECT_EQ(used.at(3).normal(), RandomStream(1, "a").at(3).normal());
}

// The run of a classifier is one level of the tree and its epochs the next: a child must not forget
// its parent.
TEST(RandomStream, ChildrenOfDifferentParentsDiffer) {
    const RandomStream root(1, "a");
    std::set<std::uint64_t> seen;
    for (std::uint64_t parent = 0; parent < 50; ++parent) {
        for (std::uint64_t child = 0; child < 50; ++child)
            seen.insert(root.at(parent).at(child).next());
    }
    EXPECT_EQ(seen.size(), 50U * 50);
}

TEST(RandomStream, StreamsDoNotOverlap) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t index = 0; index < 20; ++index) {
        for (const char* name : {"", "a", "b", "ab", "ba"}) {
            for (const auto value : first(RandomStream(7, name).at(index), 100)) seen.insert(value);
        }
    }
    EXPECT_EQ(seen.size(), 20U * 5 * 100);
}

struct Moments {
    double mean = 0, variance = 0, fourth = 0;
};

template <class Draw>
Moments moments(std::size_t count, Draw draw) {
    std::vector<double> values(count);
    for (double& value : values) value = draw();
    Moments result;
    const auto n = static_cast<double>(count);
    for (const double value : values) result.mean += value / n;
    for (const double value : values) {
        const double square = (value - result.mean) * (value - result.mean);
        result.variance += square / n;
        result.fourth += square * square / n;
    }
    return result;
}

// Five standard deviations of 10^6 draws (false-alarm rate 6e-7 a comparison, fixed seed).
TEST(RandomStream, UniformMoments) {
    RandomStream stream(3, "uniform");
    const auto m = moments(1'000'000, [&] { return stream.uniform(); });
    EXPECT_NEAR(m.mean, 0.5, 5 * std::sqrt(1.0 / 12 / 1e6));
    EXPECT_NEAR(m.variance, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / 1e6));
}

TEST(RandomStream, NormalMoments) {
    RandomStream stream(3, "normal");
    const auto m = moments(1'000'000, [&] { return stream.normal(); });
    EXPECT_NEAR(m.mean, 0, 5 / 1e3);
    EXPECT_NEAR(m.variance, 1, 5 * std::sqrt(2.0 / 1e6));
    EXPECT_NEAR(m.fourth, 3, 5 * std::sqrt(96.0 / 1e6));
}

// Neighbouring indices, names and draws are uncorrelated: five standard deviations of 10^5 pairs.
TEST(RandomStream, StreamsAreUncorrelated) {
    const RandomStream parent(3, "x");
    RandomStream a = parent.at(0), b = parent.at(1), c = RandomStream(3, "y").at(0);
    RandomStream d = RandomStream(4, "x").at(0);
    double ab = 0, ac = 0, ad = 0, serial = 0;
    double previous = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double value = a.normal();
        ab += value * b.normal();
        ac += value * c.normal();
        ad += value * d.normal();
        serial += value * previous;
        previous = value;
    }
    const double tolerance = 5 * std::sqrt(1e5);
    for (const double sum : {ab, ac, ad, serial}) EXPECT_NEAR(sum, 0, tolerance);
}

TEST(RandomStream, BelowIsUniformAndInRange) {
    RandomStream stream(3, "below");
    std::vector<double> counts(7, 0);
    for (int i = 0; i < 70'000; ++i) ++counts.at(stream.below(7));
    double chi2 = 0;
    for (const double count : counts) chi2 += (count - 1e4) * (count - 1e4) / 1e4;
    EXPECT_LT(chi2, 38.3);  // P(chi2_6 > 38.3) = 1e-6
    EXPECT_EQ(stream.below(1), 0U);
    EXPECT_THROW(stream.below(0), ContractViolation);
    // Plain remainders of 64 bits by 3 2^62 would give the lower third twice as often.
    double lower = 0;
    for (int i = 0; i < 10'000; ++i) lower += stream.below(3ULL << 62) < (1ULL << 62) ? 1 : 0;
    EXPECT_NEAR(lower / 10'000, 1.0 / 3, 5 * std::sqrt(2.0 / 9 / 1e4));
}

// Every permutation of four comes equally often: chi2 with 23 degrees of freedom, P(> 71) = 1e-6.
TEST(RandomStream, ShuffleIsUniform) {
    RandomStream stream(3, "shuffle");
    std::vector<int> order(256, 0);
    for (int i = 0; i < 24'000; ++i) {
        std::vector<int> values = {0, 1, 2, 3};
        stream.shuffle(std::span<int>(values));
        ++order[static_cast<std::size_t>(values[0] * 64 + values[1] * 16 + values[2] * 4 +
                                         values[3])];
    }
    double chi2 = 0;
    int seen = 0;
    for (const int count : order) {
        if (count == 0) continue;
        ++seen;
        chi2 += (count - 1000.0) * (count - 1000.0) / 1000;
    }
    EXPECT_EQ(seen, 24);
    EXPECT_LT(chi2, 71);
}

}  // namespace
}  // namespace lacathode
