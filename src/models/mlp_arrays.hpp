// A perceptron inside a classifier file: attributes, losses and checkpoints (docs/formats.md).
#pragma once

#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/ml/mlp_training.hpp"

namespace lacathode::models::detail {

void write_mlp(OutputFile& file, const TrainedMlp& mlp);
/// Throws InputError naming the file for anything that is missing, misshapen or impossible.
TrainedMlp read_mlp(const InputFile& file);

}  // namespace lacathode::models::detail
