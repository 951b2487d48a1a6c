// The trees beside scikit-learn's, whose losses trees_oracle.py has written to tests/data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>

#include "lacathode/ml/trees_training.hpp"

namespace lacathode {
namespace {

constexpr std::size_t inputs = 4;

// The settings and the events of trees_oracle.py, number by number.
class Integers {
  public:
    explicit Integers(std::uint64_t seed) : state_(seed << 32) {}
    std::uint64_t draw() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
        return x ^ (x >> 31);
    }

  private:
    std::uint64_t state_;
};

double bell(Integers& integers) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(integers.draw() >> 40) * 0x1p-24;
    return sum;
}

ClassifierData make_events(bool grid, Integers& integers, std::size_t events) {
    constexpr std::array<double, inputs> signal_at{0.5, -1, 1.25, 0.25};
    ClassifierData data{Matrix<float>(events, inputs), {}, {}};
    for (std::size_t event = 0; event < events; ++event) {
        const bool is_data = event % 3 == 0;
        const bool is_signal = is_data && event / 3 % 8 == 0;
        for (std::size_t i = 0; i < inputs; ++i) {
            double value = bell(integers);
            if (is_signal) value = 0.25 * value + signal_at[i];
            if (grid) value = std::floor(value * 16) / 16;
            data.x(event, i) = static_cast<float>(value);
        }
        data.target.push_back(is_data ? 1.0F : 0.0F);
        const double weight = (is_data ? 1.5 : 0.75) * (1 + 0.25 * static_cast<double>(event % 5));
        data.weight.push_back(grid ? static_cast<float>(weight) : 1.0F);
    }
    return data;
}

// Weighted fraction of pairs of a data and a background event that are in order; ties count half.
double area_under_roc(const std::vector<float>& score, const ClassifierData& data) {
    std::vector<std::size_t> order(score.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return score[i]; });
    double pairs = 0;
    double background_below = 0;
    double total_data = 0;
    for (std::size_t i = 0; i < order.size();) {
        double with_data = 0;
        double with_background = 0;
        const float value = score[order[i]];
        for (; i < order.size() && score[order[i]] == value; ++i) {
            const double weight = data.weight[order[i]];
            (data.target[order[i]] == 1 ? with_data : with_background) += weight;
        }
        pairs += with_data * (background_below + with_background / 2);
        background_below += with_background;
        total_data += with_data;
    }
    return pairs / (background_below * total_data);
}

// Equal bins and equal rules give equal trees: what remains is rounding, 6e-8 relative when this
// was written. A tree that differs in one leaf shows at 1e-6.
constexpr double rounding = 1e-6;

class TreesOracle : public ::testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(TreesOracle, LossesAndAreaAreScikitLearns) {
    const auto& [name, seed] = GetParam();
    const bool grid = name == "grid";
    Integers integers(static_cast<std::uint64_t>(seed));
    const ClassifierData training = make_events(grid, integers, 20000);
    const ClassifierData validation = make_events(grid, integers, 10000);
    const TrainedTrees trained =
        train_trees(training, validation,
                    {.trees = 100, .learning_rate = 0.1, .l2 = grid ? 1.0 : 0.0, .patience = 100},
                    RandomStream(1, "trees"), 2);
    const std::vector<float> scores = make_tree_scorer(trained.ensemble, 2)->score(validation.x);

    std::ifstream file(std::string(LACATHODE_TEST_DATA) + "/trees_oracle.txt");
    int lines = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string sample, iteration;
        int number = 0;
        if (!(fields >> sample >> number >> iteration) || sample != name || number != seed)
            continue;
        ++lines;
        if (iteration == "area") {
            double area = 0;
            fields >> area;
            EXPECT_NEAR(area_under_roc(scores, validation), area, 1e-5);
            continue;
        }
        double training_loss = 0;
        double validation_loss = 0;
        fields >> training_loss >> validation_loss;
        EXPECT_NEAR(trained.training_loss.at(std::stoul(iteration)) / training_loss, 1, rounding);
        EXPECT_NEAR(trained.validation_loss.at(std::stoul(iteration)) / validation_loss, 1,
                    rounding);
    }
    EXPECT_EQ(lines, 12);
}

INSTANTIATE_TEST_SUITE_P(Samples, TreesOracle,
                         ::testing::Combine(::testing::Values("continuous", "grid"),
                                            ::testing::Values(1, 2, 3)));

}  // namespace
}  // namespace lacathode
