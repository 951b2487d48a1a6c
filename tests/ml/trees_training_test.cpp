#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ml/trees/subsample.hpp"
#include "ml/trees_samples.hpp"

namespace lacathode {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;
using trees_test::normal_events;
using trees_test::one_feature;
using trees_test::stream;

const TreesOptions one_split{
    .trees = 1, .leaves = 2, .learning_rate = 1, .minimum_events = 1, .patience = 1};

ClassifierData eight_events() {
    return one_feature({0, 1, 2, 3, 4, 5, 6, 7}, {0, 0, 0, 1, 1, 1, 1, 0});
}

TreeEnsemble train(const ClassifierData& data, const TreesOptions& options) {
    return train_trees(data, data, options, stream, 1).ensemble;
}

// p = 1/2, so that each event has |g| = 1/2 and h = 1/4. Between the third and the fourth event the
// sums are 3/2 | -3/2 and 3/4 | 5/4.
TEST(Trees, OneSplitAsByHand) {
    const ClassifierData data = eight_events();
    const TrainedTrees trained = train_trees(data, data, one_split, stream, 1);
    const TreeEnsemble& tree = trained.ensemble;
    EXPECT_EQ(tree.inputs, 1);
    EXPECT_EQ(tree.base_score, 0);
    EXPECT_THAT(tree.first_node, ElementsAre(0, 3));
    EXPECT_THAT(tree.feature, ElementsAre(0, -1, -1));
    EXPECT_THAT(tree.threshold, ElementsAre(2.5F, 0, 0));
    EXPECT_THAT(tree.left, ElementsAre(1, -1, -1));
    EXPECT_THAT(tree.right, ElementsAre(2, -1, -1));
    ASSERT_EQ(tree.value.size(), 3U);
    EXPECT_DOUBLE_EQ(tree.value[1], -2);
    EXPECT_DOUBLE_EQ(tree.value[2], 1.2);
    ASSERT_EQ(trained.training_loss.size(), 2U);
    // Losses are float32 arithmetic, good to 3e-7.
    EXPECT_NEAR(trained.training_loss[0], std::log(2), 3e-7);
    const double after =
        3 * cross_entropy(-2, 0) + 4 * cross_entropy(1.2, 1) + cross_entropy(1.2, 0);
    EXPECT_NEAR(trained.training_loss[1], after / 8, 3e-7);
    EXPECT_EQ(trained.validation_loss, trained.training_loss);
}

TEST(Trees, L2ShrinksTheLeaves) {
    TreesOptions options = one_split;
    options.l2 = 1;
    const TreeEnsemble tree = train(eight_events(), options);
    EXPECT_DOUBLE_EQ(tree.value.at(1), -1.5 / 1.75);
    EXPECT_DOUBLE_EQ(tree.value.at(2), 1.5 / 2.25);
}

TEST(Trees, TheLearningRateIsAFactor) {
    TreesOptions options = one_split;
    options.learning_rate = 0.25;
    EXPECT_DOUBLE_EQ(train(eight_events(), options).value.at(1), -0.5);
}

TEST(Trees, ALeafHasTheMinimumOfEvents) {
    TreesOptions options = one_split;
    options.minimum_events = 4;
    EXPECT_THAT(train(eight_events(), options).threshold, ElementsAre(3.5F, 0, 0));
    options.minimum_events = 5;
    EXPECT_EQ(train(eight_events(), options).trees(), 0U);
}

TEST(Trees, TheConstantIsTheWeightedFraction) {
    ClassifierData data = one_feature({1, 1, 1, 1}, {1, 0, 0, 0});
    data.weight = {6, 1, 1, 1};
    const TrainedTrees trained = train_trees(data, data, one_split, stream, 1);
    EXPECT_DOUBLE_EQ(trained.ensemble.base_score, std::log(2));
    EXPECT_EQ(trained.ensemble.trees(), 0U);  // a constant feature cannot be split
    EXPECT_EQ(trained.ensemble.first_node, std::vector<std::int64_t>{0});
    EXPECT_EQ(trained.training_loss.size(), 1U);
    EXPECT_THAT(make_tree_scorer(trained.ensemble, 1)->score(data.x), Each(2.0F / 3));
}

TEST(Trees, ADoubledWeightIsADuplicatedEvent) {
    ClassifierData weighted = normal_events(300, 2, 0.5F, 1, 4);
    for (float& value : weighted.x.values()) value = std::floor(value * 8) / 8;
    ClassifierData duplicated = weighted;
    std::vector<float> values(weighted.x.values().begin(), weighted.x.values().end());
    for (std::size_t event = 0; event < 300; event += 3) {
        weighted.weight[event] = 2;
        duplicated.target.push_back(weighted.target[event]);
        duplicated.weight.push_back(1);
        for (const float value : weighted.x.row(event)) values.push_back(value);
    }
    duplicated.x = Matrix<float>(400, 2, std::move(values));
    const TreesOptions options{.trees = 5, .leaves = 6, .minimum_events = 1};
    const TreeEnsemble once = train(weighted, options);
    const TreeEnsemble twice = train(duplicated, options);
    EXPECT_EQ(once.trees(), 5U);
    EXPECT_EQ(once.feature, twice.feature);
    EXPECT_EQ(once.threshold, twice.threshold);
    for (std::size_t node = 0; node < once.nodes(); ++node) {
        EXPECT_NEAR(once.value[node], twice.value[node], 1e-6);  // float32 gradients
    }
    weighted.weight.assign(300, 1);
    EXPECT_NE(train(weighted, options).value, once.value);
}

TEST(Trees, AFactorOnAllWeightsChangesNothing) {
    ClassifierData data = normal_events(500, 3, 0.5F, 0, 5);
    const TreesOptions options{.trees = 5, .leaves = 5};
    const TreeEnsemble plain = train(data, options);
    std::ranges::fill(data.weight, 1024.0F);
    EXPECT_EQ(train(data, options), plain);
}

TEST(Trees, OfEqualSplitsTheFirstFeatureIsTaken) {
    ClassifierData data = eight_events();
    Matrix<float> twice(8, 2);
    for (std::size_t event = 0; event < 8; ++event) {
        twice(event, 0) = twice(event, 1) = data.x(event, 0);
    }
    data.x = twice;
    EXPECT_THAT(train(data, one_split).feature, ElementsAre(0, -1, -1));
}

// The root splits off the pure events 0 to 4; the next split is in the other part.
TEST(Trees, TheBestLeafIsSplitFirst) {
    const ClassifierData data =
        one_feature({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0});
    TreesOptions options = one_split;
    options.leaves = 3;
    const TreeEnsemble tree = train(data, options);
    EXPECT_THAT(tree.threshold, ElementsAre(4.5F, 0, 10.5F, 0, 0));
    EXPECT_THAT(tree.left, ElementsAre(1, -1, 3, -1, -1));
    EXPECT_THAT(tree.right, ElementsAre(2, -1, 4, -1, -1));
}

TEST(Trees, TheTrainingLossFallsWithEveryTree) {
    const ClassifierData data = normal_events(5000, 4, 0.3F, 2, 6);
    const TrainedTrees trained = train_trees(data, data, {.trees = 50}, stream, 2);
    ASSERT_EQ(trained.training_loss.size(), 51U);
    EXPECT_TRUE(std::ranges::is_sorted(trained.training_loss, std::ranges::greater{}));
    EXPECT_LT(trained.training_loss.back(), trained.training_loss.front() - 0.05);
}

TEST(Trees, TheEnsembleEndsAtTheLowestValidationLoss) {
    const ClassifierData data = normal_events(4000, 3, 0.5F, 1, 7);
    const ClassifierData other = normal_events(4000, 3, 0.5F, 1, 8);
    const TrainedTrees trained = train_trees(data, other, {.trees = 500, .patience = 7}, stream, 1);
    const std::vector<double>& losses = trained.validation_loss;
    const auto best = static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin());
    EXPECT_GT(best, 5U);
    EXPECT_EQ(trained.ensemble.trees(), best);
    EXPECT_EQ(losses.size(), best + 7 + 1);
    EXPECT_EQ(trained.training_loss.size(), losses.size());
    // The kept trees have that loss.
    std::vector<float> logits = make_tree_scorer(trained.ensemble, 1)->score(other.x);
    for (float& score : logits) score = std::log(score / (1 - score));
    EXPECT_NEAR(weighted_cross_entropy(logits, other), losses[best], 1e-6);
}

// Two samples of one distribution: what a tree learns from one is wrong for the other, so nearly
// all trees raise the loss (0 to 3 are kept in six pairs of seeds); the twin with a shift learns.
TEST(Trees, EqualSamplesEndNearTheConstant) {
    const auto trained = [](float shift) {
        return train_trees(normal_events(20000, 4, shift, 0, 9),
                           normal_events(20000, 4, shift, 0, 10), {}, stream, 2);
    };
    const TrainedTrees equal = trained(0);
    EXPECT_LT(equal.ensemble.trees(), 10U);
    EXPECT_GT(std::ranges::min(equal.validation_loss), std::log(2) - 1e-4);
    const TrainedTrees shifted = trained(0.3F);
    EXPECT_GT(shifted.ensemble.trees(), 10U);
    EXPECT_LT(std::ranges::min(shifted.validation_loss), std::log(2) - 5e-3);
}

class TreesThreads : public ::testing::TestWithParam<TreesOptions> {};

TEST_P(TreesThreads, TheSameBytesForAnyNumber) {
    for (const std::size_t inputs : {1U, 4U, 7U}) {
        const ClassifierData data = normal_events(20001, inputs, 0.4F, 0, 11);
        const ClassifierData other = normal_events(3333, inputs, 0.4F, 0, 12);
        const TrainedTrees alone = train_trees(data, other, GetParam(), stream, 1);
        EXPECT_GT(alone.ensemble.trees(), 3U);
        for (const int threads : {2, 3, 7}) {
            const TrainedTrees many = train_trees(data, other, GetParam(), stream, threads);
            EXPECT_EQ(many.ensemble, alone.ensemble);
            EXPECT_EQ(many.training_loss, alone.training_loss);
            EXPECT_EQ(many.validation_loss, alone.validation_loss);
            EXPECT_EQ(make_tree_scorer(many.ensemble, threads)->score(other.x),
                      make_tree_scorer(alone.ensemble, 1)->score(other.x));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Subsamples, TreesThreads,
                         ::testing::Values(TreesOptions{.trees = 12},
                                           TreesOptions{.trees = 12, .subsample = 0.5}));

// Features beyond the fourth are stored elsewhere: it must not matter where one stands.
TEST(Trees, TheOrderOfFeaturesDoesNotMatter) {
    const ClassifierData data = normal_events(3000, 20, 0.5F, 17, 13);
    ClassifierData reversed = data;
    for (std::size_t event = 0; event < data.size(); ++event) {
        std::ranges::reverse_copy(data.x.row(event), reversed.x.row(event).begin());
    }
    const TreesOptions options{.trees = 10, .leaves = 12};
    const TreeEnsemble forward = train(data, options);
    TreeEnsemble backward = train(reversed, options);
    for (std::int64_t& feature : backward.feature) feature = feature < 0 ? -1 : 19 - feature;
    EXPECT_EQ(backward, forward);
    EXPECT_EQ(forward.feature.at(0), 17);
}

TEST(Trees, TheStreamMattersOnlyToSubsamples) {
    const ClassifierData data = normal_events(2000, 2, 0.5F, 0, 14);
    const auto trained = [&](double subsample, std::uint64_t seed) {
        return train_trees(data, data, {.trees = 5, .subsample = subsample},
                           RandomStream(seed, "trees"), 1)
            .ensemble;
    };
    EXPECT_EQ(trained(1, 1), trained(1, 2));
    EXPECT_EQ(trained(0.5, 1), trained(0.5, 1));
    EXPECT_NE(trained(0.5, 1), trained(0.5, 2));
    EXPECT_NE(trained(0.5, 1), trained(1, 1));
}

TEST(Trees, ASubsampleHasTheFractionOfTheEvents) {
    std::vector<float> x(100);
    std::iota(x.begin(), x.end(), 0.0F);
    std::vector<float> target(100);
    std::fill(target.begin() + 50, target.end(), 1.0F);
    const ClassifierData data = one_feature(x, target);
    const auto trees_with = [&](std::size_t minimum) {
        return train(data, {.trees = 1, .minimum_events = minimum, .subsample = 0.5}).trees();
    };
    EXPECT_EQ(trees_with(25), 1U);  // 50 events: one way to split, in the middle
    EXPECT_EQ(trees_with(26), 0U);
}

// With 25 events at least in a leaf, 50 drawn ones can be split in one way only: behind the 25th.
// Of the edges between it and the next one, which divide them alike, the first is taken.
TEST(Trees, EachTreeIsGrownOnADrawOfItsOwn) {
    std::vector<float> x(100);
    std::iota(x.begin(), x.end(), 0.0F);
    std::vector<float> target(100);
    std::fill(target.begin() + 50, target.end(), 1.0F);
    const TreeEnsemble ensemble =
        train(one_feature(x, target),
              {.trees = 6, .learning_rate = 0.1, .minimum_events = 25, .subsample = 0.5});
    ASSERT_EQ(ensemble.trees(), 6U);
    for (std::size_t tree = 0; tree < 6; ++tree) {
        std::vector<std::uint8_t> drawn(100);
        ml::trees::draw_subsample(drawn, 0.5, stream.at(tree + 1));
        std::size_t event = 0;
        for (std::size_t left = drawn[0]; left < 25; left += drawn[event]) ++event;
        const auto root = static_cast<std::size_t>(ensemble.first_node[tree]);
        EXPECT_EQ(ensemble.threshold[root], static_cast<float>(event) + 0.5F) << "tree " << tree;
    }
}

// Of 25 events on one side half are drawn on the average, and 13 are needed there.
TEST(Trees, ADrawThatCannotBeSplitIsNotTheLast) {
    std::vector<float> x(100);
    std::fill(x.begin() + 75, x.end(), 1.0F);
    const ClassifierData data = one_feature(x, x);
    constexpr std::size_t trees = 12;
    const std::vector<double> loss =
        train_trees(data, data, {.trees = trees, .minimum_events = 13, .subsample = 0.5}, stream, 1)
            .validation_loss;
    ASSERT_EQ(loss.size(), trees + 1);
    std::size_t split = 0;
    for (std::size_t tree = 0; tree < trees; ++tree) {
        std::vector<std::uint8_t> drawn(100);
        ml::trees::draw_subsample(drawn, 0.5, stream.at(tree + 1));
        const bool can_be_split = std::count(drawn.begin() + 75, drawn.end(), 1) >= 13;
        EXPECT_EQ(loss[tree + 1] < loss[tree], can_be_split) << "tree " << tree;
        split += can_be_split ? 1 : 0;
    }
    EXPECT_GT(split, 0U);
    EXPECT_LT(split, trees);
}

TEST(Trees, EventsOutsideASubsampleAreCorrectedToo) {
    const ClassifierData data = normal_events(5000, 6, 0.5F, 5, 15);
    const TrainedTrees trained =
        train_trees(data, data, {.trees = 30, .subsample = 0.3}, stream, 2);
    // Training and validation events are the same, so the walk and the leaves must agree.
    ASSERT_EQ(trained.training_loss.size(), 31U);
    for (std::size_t i = 0; i < 31; ++i) {
        EXPECT_DOUBLE_EQ(trained.training_loss[i], trained.validation_loss[i]);
    }
}

}  // namespace
}  // namespace lacathode
