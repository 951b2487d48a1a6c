// One tree, in bins instead of values of the features.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ml/trees/quantile_bins.hpp"

namespace lacathode::ml::trees {

/// An event goes to child[bin of `feature` > `bin`]. A leaf sends it back to itself.
struct BinnedNode {
    std::uint32_t feature = 0;
    std::uint32_t bin = 0;
    std::array<std::uint32_t, 2> child{};
    double value = 0;  ///< logit that a leaf adds
};

struct BinnedTree {
    std::vector<BinnedNode> nodes;  ///< root first

    [[nodiscard]] bool is_leaf(std::size_t node) const { return nodes[node].child[0] == node; }
    /// Leaf of one event.
    [[nodiscard]] const BinnedNode& leaf_of(const std::uint8_t* bins) const;
};

/// Adds the tree's values to `logit`, of the events from number `first` on. [n]
void add_values(const BinnedTree& tree, const BinnedEvents& events, std::size_t first,
                std::span<float> logit);

}  // namespace lacathode::ml::trees
