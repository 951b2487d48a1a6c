#include "ml/trees/binned_tree.hpp"

#include <algorithm>

namespace lacathode::ml::trees {
namespace {

/// Events that walk side by side, so that their waits for memory overlap.
constexpr std::size_t walkers = 16;

void add_values_of_group(const BinnedTree& tree, const BinnedEvents& events, std::size_t first,
                         std::span<float> logit) {
    const BinnedNode* nodes = tree.nodes.data();
    std::array<std::uint32_t, walkers> at{};
    for (bool moved = true; moved;) {
        std::uint32_t change = 0;
        for (std::size_t i = 0; i < logit.size(); ++i) {
            const BinnedNode& node = nodes[at[i]];
            const bool right = events.row(first + i)[node.feature] > node.bin;
            const std::uint32_t next = node.child[right ? 1 : 0];
            change |= next ^ at[i];
            at[i] = next;
        }
        moved = change != 0;
    }
    for (std::size_t i = 0; i < logit.size(); ++i) {
        logit[i] += static_cast<float>(nodes[at[i]].value);
    }
}

}  // namespace

const BinnedNode& BinnedTree::leaf_of(const std::uint8_t* bins) const {
    std::size_t at = 0;
    while (!is_leaf(at)) at = nodes[at].child[bins[nodes[at].feature] > nodes[at].bin ? 1 : 0];
    return nodes[at];
}

void add_values(const BinnedTree& tree, const BinnedEvents& events, std::size_t first,
                std::span<float> logit) {
    for (std::size_t begin = 0; begin < logit.size(); begin += walkers) {
        const std::size_t count = std::min(walkers, logit.size() - begin);
        add_values_of_group(tree, events, first + begin, logit.subspan(begin, count));
    }
}

}  // namespace lacathode::ml::trees
