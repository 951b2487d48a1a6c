// From trees in bins to the arrays that are kept.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/ml/trees.hpp"
#include "ml/trees/binned_tree.hpp"
#include "ml/trees/quantile_bins.hpp"

namespace lacathode::ml::trees {

class EnsembleBuilder {
  public:
    EnsembleBuilder(std::vector<BinEdges> edges, double base_score);

    void add(const BinnedTree& tree);
    /// The ensemble of the first `trees` that were added.
    [[nodiscard]] TreeEnsemble first(std::size_t trees) const;

  private:
    std::vector<BinEdges> edges_;
    TreeEnsemble all_;
};

}  // namespace lacathode::ml::trees
