// Grown trees as the state of a training, and back.
#pragma once

#include <span>
#include <vector>

#include "lacathode/ml/training_state.hpp"
#include "ml/trees/binned_tree.hpp"

namespace lacathode::ml::trees {

TrainingState state_of(std::span<const BinnedTree> trees);
/// Throws InputError for numbers that are missing or do not belong together.
std::vector<BinnedTree> trees_of(const TrainingState& state);

}  // namespace lacathode::ml::trees
