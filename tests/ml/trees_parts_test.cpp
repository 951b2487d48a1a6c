#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "ml/trees/gradient.hpp"
#include "ml/trees/quantile_bins.hpp"
#include "ml/trees/split.hpp"
#include "ml/trees/subsample.hpp"
#include "ml/trees/tree_state.hpp"
#include "ml/trees_samples.hpp"

namespace lacathode::ml::trees {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// float32 arithmetic of some ten roundings.
constexpr double float_precision = 1e-6;

TEST(TreesGradient, IsThatOfTheCrossEntropy) {
    for (const float weight : {0.3F, 1.0F, 700.0F}) {
        const FixedPoint scale(1000, weight);
        for (float z = -80; z <= 80; z += 0.37F) {
            for (const float target : {0.0F, 1.0F}) {
                const float signed_weight = target == 1 ? weight : -weight;
                BlockGradient block;
                const double loss = differentiate({&z, 1}, {&signed_weight, 1}, scale, block);
                // Target 0 and the other sign: the same number without a difference of large ones.
                const double expected = double{weight} * cross_entropy(target == 1 ? -z : z, 0);
                EXPECT_NEAR(loss, expected, float_precision * expected) << z;
                EXPECT_EQ(loss_sum({&z, 1}, {&signed_weight, 1}), loss);
                const double p = sigmoid(z);
                const Sums sums{block.gradient[0], static_cast<std::uint64_t>(block.hessian[0])};
                EXPECT_NEAR(scale.gradient(sums), weight * (p - target), float_precision * weight);
                EXPECT_NEAR(scale.hessian(sums), weight * p * (1 - p), float_precision * weight);
            }
        }
    }
}

TEST(TreesGradient, AnExtremeLogitHasAFiniteLoss) {
    for (const float z : {-1e30F, -200.0F, 200.0F, 1e30F}) {
        const float weight = 1;
        const double loss = std::max(-double{z}, 0.0);
        EXPECT_NEAR(loss_sum({&z, 1}, {&weight, 1}), loss, 1e-37 + 1e-6 * loss);
    }
}

TEST(TreesGradient, ABlockIsTheSumOfItsEvents) {
    std::vector<float> logit(block_events);
    std::vector<float> weight(block_events);
    for (std::size_t i = 0; i < block_events; ++i) {
        logit[i] = 0.01F * static_cast<float>(i) - 2;
        weight[i] = i % 3 == 0 ? 1.0F : -2.0F;
    }
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, block_events}) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += std::abs(weight[i]) * cross_entropy(logit[i], weight[i] > 0 ? 1 : 0);
        }
        EXPECT_NEAR(loss_sum(std::span(logit).first(count), std::span(weight).first(count)), sum,
                    float_precision * sum);
    }
}

// Every event at its largest: neither the hessians reach the count nor the count its end.
TEST(TreesFixedPoint, FullSumsDoNotOverflow) {
    for (const std::size_t events :
         {std::size_t{1}, std::size_t{270'000}, (std::size_t{1} << 27) - 1}) {
        for (const float weight : {1.0F, 1.999999F, 1e-20F, 1e20F}) {
            const FixedPoint scale(events, weight);
            const auto gradient = static_cast<std::int32_t>(weight * scale.gradient_factor());
            const auto hessian = static_cast<std::int32_t>(weight / 4 * scale.hessian_factor());
            EXPECT_GT(gradient, 1 << 28);
            EXPECT_GT(hessian, 1 << 8);
            const Sums sums{static_cast<std::int64_t>(events) * gradient,
                            events * (scale.one_event() + static_cast<std::uint64_t>(hessian))};
            EXPECT_EQ(scale.events(sums), events);
            const double total = static_cast<double>(events) * double{weight};
            EXPECT_NEAR(scale.gradient(sums) / total, 1, 1e-6);
            EXPECT_NEAR(scale.hessian(sums) / total, 0.25, 1e-2);  // ten bits, at worst
        }
    }
}

Sums sums_of(const FixedPoint& scale, std::size_t events, double gradient, double hessian) {
    return {static_cast<std::int64_t>(gradient * double{scale.gradient_factor()}),
            events * scale.one_event() +
                static_cast<std::uint64_t>(hessian * double{scale.hessian_factor()})};
}

// 1.5^2 / 0.75 + 1.5^2 / 1.25 - 0 = 4.8; with l2 = 1: 2.25 / 1.75 + 2.25 / 2.25.
TEST(TreesSplit, GainAsByHand) {
    const FixedPoint scale(100, 1);
    const std::vector<Sums> histogram = {sums_of(scale, 2, 1, 0.5), sums_of(scale, 1, 0.5, 0.25),
                                         sums_of(scale, 5, -1.5, 1.25)};
    Sums total;
    for (const Sums& bin : histogram) total += bin;
    const Split split = best_split(histogram, total, 3, scale, {0, 1});
    EXPECT_EQ(split.feature, 3U);
    EXPECT_EQ(split.bin, 1U);
    EXPECT_NEAR(split.gain, 4.8, 1e-8);
    EXPECT_EQ(scale.events(split.left), 3U);
    EXPECT_EQ(scale.events(split.right), 5U);
    EXPECT_NEAR(best_split(histogram, total, 0, scale, {1, 1}).gain, 2.25 / 1.75 + 1, 1e-8);
    EXPECT_EQ(best_split(histogram, total, 0, scale, {0, 4}).gain, 0);
}

TEST(TreesSplit, NeedsAHessianOnBothSides) {
    const FixedPoint scale(100, 1);
    const Sums small = sums_of(scale, 10, 0.5, 0.0009);
    const Sums large = sums_of(scale, 10, -1, 1);
    const Sums total = Sums(small) += large;
    EXPECT_EQ(best_split(std::vector{small, large}, total, 0, scale, {0, 1}).gain, 0);
    EXPECT_EQ(best_split(std::vector{large, small}, total, 0, scale, {0, 1}).gain, 0);
}

TEST(TreesSplit, NothingIsGainedFromEqualParts) {
    const FixedPoint scale(100, 1);
    const Sums part = sums_of(scale, 10, 0.7, 0.3);
    const Sums total = Sums(part) += part;
    EXPECT_EQ(best_split(std::vector{part, part}, total, 0, scale, {0, 1}).gain, 0);
}

TEST(TreesBins, FewValuesGetABinEach) {
    EXPECT_THAT(quantile_edges(std::vector<float>{3, -1, 3, 2, -1}, 3), ElementsAre(0.5F, 2.5F));
    EXPECT_THAT(quantile_edges(std::vector<float>{5, 5, 5}, 2), IsEmpty());
    EXPECT_THAT(quantile_edges(std::vector<float>{0.0F, -0.0F}, 2), IsEmpty());
    // The mean of these neighbours rounds to the larger.
    const float odd = std::nextafter(1.0F, 2.0F);
    EXPECT_THAT(quantile_edges(std::vector<float>{std::nextafter(odd, 2.0F), odd}, 2),
                ElementsAre(odd));
    const float huge = std::numeric_limits<float>::max();
    EXPECT_THAT(quantile_edges(std::vector<float>{-huge, huge}, 2), ElementsAre(0.0F));
}

TEST(TreesBins, ManyValuesGetBinsOfEqualContent) {
    const ClassifierData data = trees_test::normal_events(1003, 1, 0, 0, 1);
    const std::vector<BinEdges> edges = quantile_edges(data.x, 10, 1);
    ASSERT_EQ(edges.size(), 1U);
    EXPECT_TRUE(std::ranges::is_sorted(edges[0]));
    ASSERT_EQ(edges[0].size(), 9U);
    const BinnedEvents bins(data.x, edges, 2);
    std::array<int, 10> content{};
    for (std::size_t event = 0; event < 1003; ++event) {
        const std::uint8_t bin = bins.row(event)[0];
        ++content.at(bin);
        EXPECT_TRUE(bin == 0 || data.x(event, 0) > edges[0][bin - 1U]);
        EXPECT_TRUE(bin == 9 || data.x(event, 0) <= edges[0][bin]);
    }
    for (const int count : content) EXPECT_NEAR(count, 100, 1);
}

TEST(TreesBins, AFrequentValueMakesFewerBins) {
    std::vector<float> values(1000, 7.0F);
    for (int i = 0; i < 300; ++i) values[static_cast<std::size_t>(i)] = static_cast<float>(i) / 100;
    const BinEdges edges = quantile_edges(values, 10);
    EXPECT_THAT(edges, ::testing::SizeIs(3));  // nothing is above the last of the others
    EXPECT_LT(edges.back(), 7);
}

// What the least value has, the largest has too: a bin of its own, however frequent it is.
TEST(TreesBins, AFrequentExtremeValueIsToldFromTheOthers) {
    std::vector<float> values(100'000, 7.0F);
    for (std::size_t i = 0; i < 390; ++i) values[i] = static_cast<float>(i) / 100;
    std::vector<float> mirrored = values;
    for (float& value : mirrored) value = -value;
    const BinEdges edges = quantile_edges(values, 255);
    ASSERT_THAT(edges, ::testing::SizeIs(1));
    EXPECT_GE(edges[0], 3.89F);
    EXPECT_LT(edges[0], 7);
    EXPECT_THAT(quantile_edges(mirrored, 255), ::testing::SizeIs(1));
}

// 2000 draws of 3 of 10: an event is in 600 of them, standard deviation 20.5. Five of those are
// exceeded by one of the ten events with probability 6e-6.
TEST(TreesSubsample, HasItsSizeAndIsFair) {
    std::array<int, 10> taken{};
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        std::array<std::uint8_t, 10> drawn{};
        draw_subsample(drawn, 0.3, RandomStream(seed, "draw"));
        EXPECT_EQ(std::ranges::count(drawn, 1), 3);
        for (std::size_t i = 0; i < drawn.size(); ++i) taken[i] += drawn[i];
    }
    for (const int count : taken) EXPECT_NEAR(count, 600, 103);
}

TEST(TreesState, OfNumbersThatDoNotBelongTogetherIsAnInputError) {
    const BinnedTree tree{.nodes = {{.feature = 1, .bin = 2, .child = {0, 0}, .value = 0.5}}};
    const TrainingState good = state_of({&tree, 1});
    EXPECT_EQ(trees_of(good).size(), 1U);
    for (std::size_t i = 0; i < good.numbers.size(); ++i) {
        TrainingState fewer = good;
        fewer.numbers[i].second.clear();
        EXPECT_THROW(trees_of(fewer), InputError) << good.numbers[i].first;
        TrainingState more = good;
        more.numbers[i].second.push_back(1);
        EXPECT_THROW(trees_of(more), InputError) << good.numbers[i].first;
    }
}

}  // namespace
}  // namespace lacathode::ml::trees
