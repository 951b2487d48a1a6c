// The training of boosted decision trees on histograms (docs/trees.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/ml/classifier_data.hpp"
#include "lacathode/ml/training_state.hpp"
#include "lacathode/ml/trees.hpp"

namespace lacathode {

struct TreesOptions {
    std::size_t trees = 200;          ///< at most
    std::size_t leaves = 31;          ///< of a tree, at most
    std::size_t bins = 255;           ///< of a feature, at most; 2 to 255
    double learning_rate = 0.05;      ///< factor on every leaf value
    double l2 = 0;                    ///< added to the hessian of a leaf: eqs. (3) and (4)
    std::size_t minimum_events = 20;  ///< in a leaf
    std::size_t patience = 10;        ///< trees without a lower validation loss before it stops
    double subsample = 1;             ///< fraction of the training events that a tree is grown on
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const TreesOptions& options);

struct TrainedTrees {
    TreeEnsemble ensemble;                ///< up to the tree of lowest validation loss
    std::vector<double> training_loss;    ///< [iterations + 1]; index 0: the constant
    std::vector<double> validation_loss;  ///< [iterations + 1]
};

/// Boosts trees on `training` until `options.patience` of them have not lowered the validation
/// loss. Losses: mean of weight_i * BCE_i, float64 sum. The same bytes for any number of threads.
/// The stream draws the events of each tree, without replacement, if `options.subsample` is below
/// 1; otherwise nothing depends on it. Throws UsageError for impossible options; InputError for
/// data that are empty or not finite, for targets other than 0 and 1, weights that are not
/// positive, or one class only; NumericalError for a loss that is not finite.
/// `keeper` as for train_maf; the trees that were kept are not grown again.
TrainedTrees train_trees(const ClassifierData& training, const ClassifierData& validation,
                         const TreesOptions& options, const RandomStream& stream, int threads,
                         TrainingKeeper* keeper = nullptr);

}  // namespace lacathode
