// Boosted decision trees that tell data from background (docs/trees.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/scorer.hpp"

namespace lacathode {

/// A sum of decision trees: the logit of an event is base_score plus one leaf value a tree.
/// Plain arrays, so that a file can hold them. The nodes of all trees stand one after the other; a
/// tree begins with its root, and children come after their parent.
struct TreeEnsemble {
    std::int64_t inputs = 0;                ///< D, features of an event
    double base_score = 0;                  ///< logit of the constant
    std::vector<std::int64_t> first_node;   ///< [trees + 1] root of each tree; last: nodes
    std::vector<std::int64_t> feature;      ///< [nodes] 0 to D - 1; -1: this node is a leaf
    std::vector<float> threshold;           ///< [nodes] left if x <= threshold; 0 in a leaf
    std::vector<std::int64_t> left, right;  ///< [nodes] place in these arrays; -1 in a leaf
    std::vector<double> value;              ///< [nodes] logit that a leaf adds; 0 elsewhere

    [[nodiscard]] std::size_t trees() const noexcept {
        return first_node.empty() ? 0 : first_node.size() - 1;
    }
    [[nodiscard]] std::size_t nodes() const noexcept { return feature.size(); }
    bool operator==(const TreeEnsemble&) const = default;
};

/// What is impossible in arrays that come from a file, one sentence each; empty: every event ends
/// in one leaf of each tree. A kind of problem is named once, where it is first found.
std::vector<std::string> problems(const TreeEnsemble& ensemble);

/// The sigmoid of the summed logit, on up to `threads` threads. The score of a row with a NaN is
/// NaN. Throws InputError with all problems of the ensemble.
std::unique_ptr<Scorer> make_tree_scorer(TreeEnsemble ensemble, int threads);

}  // namespace lacathode
