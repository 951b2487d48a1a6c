#include "ml/trees/ensemble_builder.hpp"

#include "lacathode/core/errors.hpp"

namespace lacathode::ml::trees {

EnsembleBuilder::EnsembleBuilder(std::vector<BinEdges> edges, double base_score)
    : edges_(std::move(edges)) {
    all_.inputs = static_cast<std::int64_t>(edges_.size());
    all_.base_score = base_score;
    all_.first_node = {0};
}

void EnsembleBuilder::add(const BinnedTree& tree) {
    const std::int64_t root = all_.first_node.back();
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const BinnedNode& node = tree.nodes[i];
        const bool leaf = tree.is_leaf(i);
        all_.feature.push_back(leaf ? -1 : std::int64_t{node.feature});
        all_.threshold.push_back(leaf ? 0.0F : edges_[node.feature][node.bin]);
        all_.left.push_back(leaf ? -1 : root + node.child[0]);
        all_.right.push_back(leaf ? -1 : root + node.child[1]);
        all_.value.push_back(leaf ? node.value : 0.0);
    }
    all_.first_node.push_back(root + static_cast<std::int64_t>(tree.nodes.size()));
}

TreeEnsemble EnsembleBuilder::first(std::size_t trees) const {
    expects(trees <= all_.trees(), "as many trees as there are");
    TreeEnsemble ensemble = all_;
    ensemble.first_node.resize(trees + 1);
    const auto nodes = static_cast<std::size_t>(ensemble.first_node.back());
    ensemble.feature.resize(nodes);
    ensemble.threshold.resize(nodes);
    ensemble.left.resize(nodes);
    ensemble.right.resize(nodes);
    ensemble.value.resize(nodes);
    return ensemble;
}

}  // namespace lacathode::ml::trees
