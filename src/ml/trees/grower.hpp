// Grows trees leaf by leaf, the best split first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lacathode/core/thread_team.hpp"
#include "ml/trees/binned_tree.hpp"
#include "ml/trees/shard.hpp"

namespace lacathode::ml::trees {

struct GrowthOptions {
    std::size_t leaves;
    double learning_rate;
    SplitRules rules;
};

/// Each member of the team has a shard of the events. A split is one call to the team: each member
/// divides its events and sums the smaller child's histogram over them; then each takes some
/// features, adds the members' histograms, subtracts from the parent's to get the sibling's, and
/// looks for the best split of both. All sums are integers, so none depends on the number of
/// members.
class Grower {
  public:
    /// `bins` [D]: how many bins each feature has. `events` and `team` must outlive the grower.
    Grower(const TrainingEvents& events, std::vector<std::size_t> bins,
           const GrowthOptions& options, ThreadTeam& team);

    /// Gradients at the present logits, for the next tree. Returns the training loss (mean).
    double differentiate();
    /// The next tree. A single leaf of value 0 if no split lowers the loss.
    BinnedTree grow();
    /// Adds to the logits what grow() has just returned.
    void apply(const BinnedTree& tree);

  private:
    struct Leaf {
        std::uint32_t node;
        std::size_t histogram;
        Sums sums;
        Split best;
    };
    struct Children {
        std::size_t smaller;  // leaves
        std::size_t larger;
        bool can_be_split;
    };

    [[nodiscard]] std::size_t best_leaf() const;
    void split_leaf(std::size_t leaf, BinnedTree& tree);
    [[nodiscard]] Children children_of(std::size_t leaf, std::size_t new_leaf) const;
    void sum_own_events(std::size_t member, std::size_t leaf);
    [[nodiscard]] bool can_be_split(const Sums& sums) const;
    void finish_histogram(std::size_t feature, std::size_t histogram);
    [[nodiscard]] Split best_of(std::size_t feature, const Leaf& leaf) const;
    void take_best(Leaf& leaf, std::span<const Split> of_features) const;
    void in_two_phases(std::size_t events, const std::function<void(std::size_t)>& first,
                       const std::function<void(std::size_t)>& second);

    const TrainingEvents& events_;
    std::vector<std::size_t> bins_;
    GrowthOptions options_;
    ThreadTeam& team_;
    std::vector<Shard> shards_;          // [members]
    std::vector<Histogram> partial_;     // [members]
    std::vector<Histogram> histograms_;  // [leaves]
    std::vector<Leaf> leaves_;
    std::vector<double> block_loss_;
    std::array<std::vector<Split>, 2> found_;  // [D] for each child
};

}  // namespace lacathode::ml::trees
