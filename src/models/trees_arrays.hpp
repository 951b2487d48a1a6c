// A tree ensemble inside a classifier file: attributes, losses and nodes (docs/formats.md).
#pragma once

#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/ml/trees_training.hpp"

namespace lacathode::models::detail {

void write_trees(OutputFile& file, const TrainedTrees& trees);
/// Throws InputError naming the file for anything that is missing, misshapen or impossible.
TrainedTrees read_trees(const InputFile& file);

}  // namespace lacathode::models::detail
