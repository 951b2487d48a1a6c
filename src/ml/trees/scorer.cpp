#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/classifier_data.hpp"
#include "lacathode/ml/trees.hpp"

namespace lacathode {
namespace {

/// Events whose logits are summed together: each tree is read once for all of them.
constexpr std::size_t block_events = 256;
/// Events that walk side by side, so that their waits for memory overlap.
constexpr std::size_t walkers = 16;

// A leaf sends every event back to itself.
struct Node {
    float threshold;
    std::uint32_t feature;
    std::array<std::uint32_t, 2> child;
};

class TreeScorer final : public Scorer {
  public:
    TreeScorer(TreeEnsemble ensemble, int threads)
        : ensemble_(std::move(ensemble)), threads_(threads) {
        const std::vector<std::string> found = problems(ensemble_);
        if (!found.empty()) throw InputError("the trees cannot be used: " + joined(found, "; "));
        if (ensemble_.nodes() > std::numeric_limits<std::uint32_t>::max()) {
            throw InputError("the trees cannot be used: they have more than 2^32 nodes");
        }
        for (std::size_t i = 0; i < ensemble_.nodes(); ++i) nodes_.push_back(node(i));
    }

    [[nodiscard]] std::size_t inputs() const override {
        return static_cast<std::size_t>(ensemble_.inputs);
    }

    [[nodiscard]] std::vector<float> score(const Matrix<float>& x) const override {
        expects(x.cols() == inputs(), "data and trees agree on the inputs");
        std::vector<float> scores(x.rows());
        parallel_blocks(x.rows(), block_events, threads_, [&](std::size_t begin, std::size_t end) {
            score_block(x, begin, std::span(scores).subspan(begin, end - begin));
        });
        check_interrupt();
        return scores;
    }

  private:
    [[nodiscard]] Node node(std::size_t i) const {
        const auto self = static_cast<std::uint32_t>(i);
        if (ensemble_.feature[i] < 0) return {0, 0, {self, self}};
        return {ensemble_.threshold[i],
                static_cast<std::uint32_t>(ensemble_.feature[i]),
                {static_cast<std::uint32_t>(ensemble_.left[i]),
                 static_cast<std::uint32_t>(ensemble_.right[i])}};
    }

    void score_block(const Matrix<float>& x, std::size_t first, std::span<float> scores) const {
        std::array<double, block_events> logit{};
        for (std::size_t tree = 0; tree < ensemble_.trees(); ++tree) {
            for (std::size_t begin = 0; begin < scores.size(); begin += walkers) {
                const std::size_t count = std::min(walkers, scores.size() - begin);
                add_values(x, first + begin, static_cast<std::uint32_t>(ensemble_.first_node[tree]),
                           std::span(logit).subspan(begin, count));
            }
        }
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const bool has_nan = std::ranges::any_of(x.row(first + i),
                                                     [](float value) { return std::isnan(value); });
            scores[i] = has_nan ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(sigmoid(ensemble_.base_score + logit[i]));
        }
    }

    void add_values(const Matrix<float>& x, std::size_t first, std::uint32_t root,
                    std::span<double> logit) const {
        std::array<std::uint32_t, walkers> at;
        at.fill(root);
        for (bool moved = true; moved;) {
            std::uint32_t change = 0;
            for (std::size_t i = 0; i < logit.size(); ++i) {
                const Node& here = nodes_[at[i]];
                const bool right = x(first + i, here.feature) > here.threshold;
                const std::uint32_t next = here.child[right ? 1 : 0];
                change |= next ^ at[i];
                at[i] = next;
            }
            moved = change != 0;
        }
        for (std::size_t i = 0; i < logit.size(); ++i) logit[i] += ensemble_.value[at[i]];
    }

    TreeEnsemble ensemble_;
    int threads_;
    std::vector<Node> nodes_;
};

}  // namespace

std::unique_ptr<Scorer> make_tree_scorer(TreeEnsemble ensemble, int threads) {
    return std::make_unique<TreeScorer>(std::move(ensemble), threads);
}

}  // namespace lacathode
