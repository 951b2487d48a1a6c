#include <gmock/gmock.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "ml/trees_samples.hpp"

namespace lacathode {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;
using trees_test::normal_events;
using trees_test::one_feature;
using trees_test::stream;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

using Change = std::function<void(ClassifierData&)>;

// Fails with `message` whether the training or the validation events are changed.
void expect_input_error(const Change& change, const std::string& message) {
    const ClassifierData good = normal_events(100, 2, 0.5F, 0, 1);
    ClassifierData bad = good;
    change(bad);
    EXPECT_THAT([&] { train_trees(bad, good, {}, stream, 1); },
                ThrowsMessage<InputError>(HasSubstr("training " + message)));
    EXPECT_THAT([&] { train_trees(good, bad, {}, stream, 1); },
                ThrowsMessage<InputError>(HasSubstr("validation " + message)));
}

TEST(TreesErrors, DataThatCannotBeTrainedOnAreInputErrors) {
    expect_input_error([](auto& data) { data.x(3, 1) = nan; }, "inputs: column 1 of row 3 is nan");
    expect_input_error([](auto& data) { data.x(0, 0) = HUGE_VALF; },
                       "inputs: column 0 of row 0 is inf");
    expect_input_error([](auto& data) { data.weight[5] = nan; },
                       "weights: column 0 of row 5 is nan");
    expect_input_error([](auto& data) { data.weight[5] = 0; }, "weights: value 5 is 0");
    expect_input_error([](auto& data) { data.weight[5] = -1; }, "weights: value 5 is -1");
    expect_input_error([](auto& data) { data.weight[5] = 1e30F; }, "weights: the largest is 1e+30");
    expect_input_error([](auto& data) { data.target[2] = 0.5F; }, "targets: value 2 is 0.5");
    expect_input_error(
        [](auto& data) {
            data = {Matrix<float>(0, 2), {}, {}};
        },
        "inputs: there are no events");
}

TEST(TreesErrors, OneClassIsAnInputError) {
    EXPECT_THAT(
        [] {
            const ClassifierData data = one_feature({1}, {1});
            train_trees(data, data, {}, stream, 1);
        },
        ThrowsMessage<InputError>(HasSubstr("only data events")));
    EXPECT_THAT(
        [] {
            const ClassifierData data = one_feature({1, 2}, {0, 0});
            train_trees(data, data, {}, stream, 1);
        },
        ThrowsMessage<InputError>(HasSubstr("only background events")));
}

TEST(TreesErrors, OneValidationEventIsEnough) {
    const TrainedTrees trained =
        train_trees(normal_events(100, 1, 1, 0, 1), one_feature({0}, {1}), {.trees = 3}, stream, 1);
    EXPECT_GE(trained.validation_loss.size(), 2U);
}

// 2^22 events leave the second derivative 64 - 2 * 23 = 18 bits of a quarter of the largest weight.
TEST(TreesErrors, WeightsThatTheSumsOfManyEventsLoseAreRefused) {
    ClassifierData data{Matrix<float>(std::size_t{1} << 22, 1), {}, {}};
    data.target.assign(data.x.rows(), 0.0F);
    data.weight.assign(data.x.rows(), 0.125F);
    for (std::size_t row = 0; row < data.x.rows(); row += 2) {
        data.x(row, 0) = 1;
        data.target[row] = 1;
        data.weight[row] = 512;
    }
    const ClassifierData validation = normal_events(100, 1, 1, 0, 1);
    const auto train = [&] { train_trees(data, validation, {.trees = 1}, stream, 1); };
    EXPECT_THAT(train, ThrowsMessage<InputError>(
                           HasSubstr("in which the smallest weight, 0.125, is lost")));
    for (float& weight : data.weight) weight = weight < 1 ? 1 : weight;
    EXPECT_NO_THROW(train());
}

TEST(TreesErrors, ImpossibleOptionsAreAUsageError) {
    EXPECT_THAT(problems(TreesOptions{}), IsEmpty());
    EXPECT_THAT(problems(TreesOptions{0, 1, 256, 0, -1, 0, 0, 0}), SizeIs(8));
    EXPECT_THAT(problems(TreesOptions{.leaves = 65537,
                                      .bins = 1,
                                      .learning_rate = std::nan(""),
                                      .l2 = HUGE_VAL,
                                      .subsample = std::nan("")}),
                SizeIs(5));
    EXPECT_THAT(problems(TreesOptions{.subsample = 1.1}),
                ElementsAre(HasSubstr("subsample is 1.1")));
    const ClassifierData data = normal_events(100, 1, 1, 0, 1);
    EXPECT_THAT([&] { train_trees(data, data, {.bins = 1}, stream, 1); },
                ThrowsMessage<UsageError>(HasSubstr("bins is 1")));
}

TEST(TreesErrorsDeathTest, AnInterruptEndsTheTraining) {
    const auto interrupted_training = [] {
        install_interrupt_handlers(OnInterrupt::note);
        const ClassifierData data = normal_events(1000, 1, 1, 0, 1);
        std::raise(SIGINT);
        try {
            train_trees(data, data, {}, stream, 2);
        } catch (const Interrupted& interrupted) {
            std::_Exit(interrupted.signal() == SIGINT ? 0 : 1);
        }
        std::_Exit(2);
    };
    EXPECT_EXIT(interrupted_training(), ::testing::ExitedWithCode(0), "");
}

TreeEnsemble two_trees() {
    return {.inputs = 2,
            .base_score = 0.5,
            .first_node = {0, 3, 8},
            .feature = {1, -1, -1, 0, -1, 1, -1, -1},
            .threshold = {0.5F, 0, 0, 1.5F, 0, -2, 0, 0},
            .left = {1, -1, -1, 4, -1, 6, -1, -1},
            .right = {2, -1, -1, 5, -1, 7, -1, -1},
            .value = {0, 1, 2, 0, 4, 0, 8, 16}};
}

void expect_problem(const std::function<void(TreeEnsemble&)>& change, const std::string& sentence) {
    TreeEnsemble ensemble = two_trees();
    change(ensemble);
    EXPECT_THAT(problems(ensemble), ::testing::Contains(HasSubstr(sentence)));
    EXPECT_THAT([&] { make_tree_scorer(ensemble, 1); },
                ThrowsMessage<InputError>(HasSubstr(sentence)));
}

TEST(TreeEnsembleProblems, AreNoneInTwoTreesOrInNoTree) {
    EXPECT_THAT(problems(two_trees()), IsEmpty());
    TreeEnsemble constant;
    constant.inputs = 1;
    constant.first_node = {0};
    EXPECT_THAT(problems(constant), IsEmpty());
}

TEST(TreeEnsembleProblems, EachIsFound) {
    expect_problem([](auto& e) { e.inputs = 0; }, "0 inputs");
    expect_problem([](auto& e) { e.inputs = -1; }, "-1 inputs");
    expect_problem([](auto& e) { e.base_score = nan; }, "base_score is nan");
    for (const auto& change : std::vector<std::function<void(TreeEnsemble&)>>{
             [](auto& e) { e.threshold.pop_back(); }, [](auto& e) { e.left.pop_back(); },
             [](auto& e) { e.right.push_back(-1); }, [](auto& e) { e.value.clear(); }}) {
        expect_problem(change, "differ in length");
    }
    for (const std::vector<std::int64_t>& first :
         {std::vector<std::int64_t>{},
          {0},
          {0, 3},
          {1, 8},
          {0, 3, 3, 8},
          {0, 9, 8},
          {0, 3, 9},
          {-1, 8},
          {0, -3, 8},
          {0, std::numeric_limits<std::int64_t>::min(), 8}}) {
        expect_problem([&](auto& e) { e.first_node = first; }, "first_node does not ascend");
    }
    expect_problem([](auto& e) { e.feature[0] = 2; }, "node 0 splits feature 2 of 2");
    expect_problem([](auto& e) { e.feature[1] = -2; }, "node 1 splits feature -2");
    expect_problem([](auto& e) { e.threshold[3] = HUGE_VALF; }, "threshold of node 3 is inf");
    expect_problem([](auto& e) { e.value[7] = nan; }, "value of node 7 is nan");
    expect_problem([](auto& e) { e.left[1] = 2; }, "node 1 is a leaf with a child, 2");
    expect_problem([](auto& e) { e.left[5] = 5; }, "child 5 of node 5");   // itself
    expect_problem([](auto& e) { e.right[5] = 3; }, "child 3 of node 5");  // a cycle
    expect_problem([](auto& e) { e.left[0] = 3; }, "child 3 of node 0");   // another tree
    expect_problem([](auto& e) { e.right[5] = 8; }, "child 8 of node 5");
    expect_problem([](auto& e) { e.right[5] = -1; }, "child -1 of node 5");
    expect_problem([](auto& e) { e.right[5] = std::numeric_limits<std::int64_t>::max(); },
                   "of node 5 is not one");
    expect_problem([](auto& e) { e.right[5] = 6; }, "node 6 has 2 parents");
}

TEST(TreeScorer, SumsTheLeavesOfATwoTreeEnsemble) {
    const Matrix<float> x(5, 2, {0, 0.5F, 2, 0.5F, 2, -2, 1.5F, 0.6F, 2, nan});
    const std::vector<float> scores = make_tree_scorer(two_trees(), 2)->score(x);
    const std::vector<double> logits = {0.5 + 1 + 4, 0.5 + 1 + 16, 0.5 + 1 + 8, 0.5 + 2 + 4};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_FLOAT_EQ(scores[i], static_cast<float>(sigmoid(logits[i])));
    }
    EXPECT_TRUE(std::isnan(scores[4]));
}

// Wherever it stands: rows are scored in blocks of 256.
TEST(TreeScorer, ANaNTakesAwayTheScoreOfItsRowAlone) {
    Matrix<float> x(600, 2);
    for (const std::size_t row : {3U, 255U, 256U, 599U}) x(row, 1) = nan;
    const std::vector<float> scores = make_tree_scorer(two_trees(), 1)->score(x);
    for (std::size_t row = 0; row < x.rows(); ++row)
        EXPECT_EQ(std::isnan(scores[row]), std::isnan(x(row, 1))) << row;
}

double naive_logit(const TreeEnsemble& ensemble, std::span<const float> x) {
    double logit = ensemble.base_score;
    for (std::size_t tree = 0; tree < ensemble.trees(); ++tree) {
        auto node = static_cast<std::size_t>(ensemble.first_node[tree]);
        while (ensemble.feature[node] >= 0) {
            const bool left =
                x[static_cast<std::size_t>(ensemble.feature[node])] <= ensemble.threshold[node];
            node = static_cast<std::size_t>(left ? ensemble.left[node] : ensemble.right[node]);
        }
        logit += ensemble.value[node];
    }
    return logit;
}

TEST(TreeScorer, EqualsANaiveWalk) {
    const ClassifierData data = normal_events(3000, 5, 0.5F, 4, 2);
    const TreeEnsemble ensemble = train_trees(data, data, {.trees = 20}, stream, 1).ensemble;
    ASSERT_EQ(ensemble.trees(), 20U);
    const ClassifierData other = normal_events(999, 5, 0.5F, 4, 3);
    const std::vector<float> scores = make_tree_scorer(ensemble, 3)->score(other.x);
    for (std::size_t event = 0; event < other.size(); ++event) {
        EXPECT_FLOAT_EQ(scores[event],
                        static_cast<float>(sigmoid(naive_logit(ensemble, other.x.row(event)))));
    }
}

}  // namespace
}  // namespace lacathode
