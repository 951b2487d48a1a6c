#include "ml/trees/tree_state.hpp"

#include <cstddef>
#include <cstdint>

#include "lacathode/core/errors.hpp"

namespace lacathode::ml::trees {
namespace {

void require_fitting(bool numbers_fit) {
    if (!numbers_fit)
        throw InputError("the state of the trees has numbers that do not belong together");
}

}  // namespace

TrainingState state_of(std::span<const BinnedTree> trees) {
    std::vector<double> sizes;
    std::vector<double> feature;
    std::vector<double> bin;
    std::vector<double> left;
    std::vector<double> right;
    std::vector<double> value;
    for (const BinnedTree& tree : trees) {
        sizes.push_back(static_cast<double>(tree.nodes.size()));
        for (const BinnedNode& node : tree.nodes) {
            feature.push_back(node.feature);
            bin.push_back(node.bin);
            left.push_back(node.child[0]);
            right.push_back(node.child[1]);
            value.push_back(node.value);
        }
    }
    TrainingState state;
    state.numbers = {{"nodes", std::move(sizes)}, {"feature", std::move(feature)},
                     {"bin", std::move(bin)},     {"left", std::move(left)},
                     {"right", std::move(right)}, {"value", std::move(value)}};
    return state;
}

std::vector<BinnedTree> trees_of(const TrainingState& state) {
    const std::vector<double>& value = state.numbers_of("value");
    for (const char* name : {"feature", "bin", "left", "right"})
        require_fitting(state.numbers_of(name).size() == value.size());
    const auto index = [&state](const char* name, std::size_t node) {
        return static_cast<std::uint32_t>(state.numbers_of(name)[node]);
    };
    std::vector<BinnedTree> trees;
    std::size_t next = 0;
    for (const double size : state.numbers_of("nodes")) {
        BinnedTree& tree = trees.emplace_back();
        for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i, ++next) {
            require_fitting(next < value.size());
            tree.nodes.push_back({.feature = index("feature", next),
                                  .bin = index("bin", next),
                                  .child = {index("left", next), index("right", next)},
                                  .value = value[next]});
        }
    }
    require_fitting(next == value.size());
    return trees;
}

}  // namespace lacathode::ml::trees
