#include <array>
#include <cmath>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/trees_training.hpp"

namespace lacathode {
namespace {

using Sentences = std::vector<std::string>;

bool lengths_agree(const TreeEnsemble& ensemble) {
    const std::size_t nodes = ensemble.nodes();
    return ensemble.threshold.size() == nodes && ensemble.left.size() == nodes &&
           ensemble.right.size() == nodes && ensemble.value.size() == nodes;
}

// Every tree has a node, and all nodes are in one.
bool trees_cover_nodes(const TreeEnsemble& ensemble) {
    const std::vector<std::int64_t>& first = ensemble.first_node;
    if (first.empty() || first.front() != 0) return false;
    for (std::size_t tree = 0; tree + 1 < first.size(); ++tree) {
        if (first[tree + 1] <= first[tree]) return false;
    }
    return first.back() == static_cast<std::int64_t>(ensemble.nodes());
}

// Looks at each node once; keeps the first problem of each kind.
class NodeChecks {
  public:
    explicit NodeChecks(const TreeEnsemble& ensemble)
        : ensemble_(ensemble), parents_(ensemble.nodes(), 0) {}

    [[nodiscard]] Sentences take() {
        for (std::size_t tree = 0; tree < ensemble_.trees(); ++tree) {
            const auto begin = ensemble_.first_node[tree];
            const auto end = ensemble_.first_node[tree + 1];
            for (std::int64_t node = begin; node < end; ++node) check(node, end);
            // Children come after their parent, so that one parent each makes a tree.
            for (std::int64_t node = begin; node < end; ++node) {
                const int wanted = node == begin ? 0 : 1;
                found(Kind::parents, parents_[index(node)] == wanted, "node ", node, " has ",
                      int{parents_[index(node)]}, " parents instead of ", wanted);
            }
        }
        return std::move(sentences_);
    }

  private:
    enum class Kind { feature, threshold, value, child, leaf, parents, count };

    static std::size_t index(std::int64_t node) { return static_cast<std::size_t>(node); }

    template <class... Parts>
    void found(Kind kind, bool possible, const Parts&... sentence) {
        if (possible || seen_[static_cast<std::size_t>(kind)]) return;
        seen_[static_cast<std::size_t>(kind)] = true;
        sentences_.push_back(concat(sentence...));
    }

    void check(std::int64_t node, std::int64_t end) {
        const std::size_t i = index(node);
        const std::int64_t feature = ensemble_.feature[i];
        found(Kind::feature, feature >= -1 && feature < ensemble_.inputs, "node ", node,
              " splits feature ", feature, " of ", ensemble_.inputs);
        found(Kind::threshold, std::isfinite(ensemble_.threshold[i]), "the threshold of node ",
              node, " is ", ensemble_.threshold[i]);
        found(Kind::value, std::isfinite(ensemble_.value[i]), "the value of node ", node, " is ",
              ensemble_.value[i]);
        const bool leaf = feature == -1;
        for (const std::int64_t child : {ensemble_.left[i], ensemble_.right[i]}) {
            if (leaf) {
                found(Kind::leaf, child == -1, "node ", node, " is a leaf with a child, ", child);
                continue;
            }
            const bool inside = child > node && child < end;
            found(Kind::child, inside, "child ", child, " of node ", node,
                  " is not one of the later nodes of its tree");
            // Two is wrong already; counting on could overflow.
            if (inside && parents_[index(child)] < 2) ++parents_[index(child)];
        }
    }

    const TreeEnsemble& ensemble_;
    std::vector<std::uint8_t> parents_;
    std::array<bool, static_cast<std::size_t>(Kind::count)> seen_{};
    Sentences sentences_;
};

}  // namespace

std::vector<std::string> problems(const TreesOptions& options) {
    Problems found;
    found.unless(options.trees > 0, "trees is 0; train at least 1");
    found.unless(options.leaves >= 2 && options.leaves <= 65536, "leaves is ", options.leaves,
                 "; 2 to 65536 are possible");
    found.unless(options.bins >= 2 && options.bins <= 255, "bins is ", options.bins,
                 "; 2 to 255 are possible");
    found.unless(std::isfinite(options.learning_rate) && options.learning_rate > 0,
                 "learning_rate is ", options.learning_rate, "; it must be positive");
    found.unless(std::isfinite(options.l2) && options.l2 >= 0, "l2 is ", options.l2,
                 "; it must not be negative");
    found.unless(options.minimum_events > 0, "minimum_events is 0; a leaf needs at least 1 event");
    found.unless(options.patience > 0, "patience is 0; wait for at least 1 tree");
    found.unless(options.subsample > 0 && options.subsample <= 1, "subsample is ",
                 options.subsample, "; it must be above 0 and at most 1");
    return found.take();
}

std::vector<std::string> problems(const TreeEnsemble& ensemble) {
    Problems found;
    found.unless(ensemble.inputs >= 1, "the trees have ", ensemble.inputs,
                 " inputs; they need at least 1");
    found.unless(std::isfinite(ensemble.base_score), "base_score is ", ensemble.base_score,
                 "; it must be finite");
    found.unless(lengths_agree(ensemble),
                 "feature, threshold, left, right and value differ in length");
    found.unless(trees_cover_nodes(ensemble),
                 "first_node does not ascend from 0 to the number of nodes, ", ensemble.nodes());
    // Only arrays that fit each other can be looked into.
    if (!found.empty()) return found.take();
    return NodeChecks(ensemble).take();
}

}  // namespace lacathode
