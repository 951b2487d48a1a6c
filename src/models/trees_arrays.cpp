#include "models/trees_arrays.hpp"

#include "models/model_file.hpp"

namespace lacathode::models::detail {

void write_trees(OutputFile& file, const TrainedTrees& trees) {
    const TreeEnsemble& ensemble = trees.ensemble;
    file.set_attribute("/", "input_count", ensemble.inputs);
    file.set_attribute("/", "base_score", ensemble.base_score);
    file.write_vector<double>("/losses/training", trees.training_loss);
    file.write_vector<double>("/losses/validation", trees.validation_loss);
    file.write_vector<std::int64_t>("/trees/first_node", ensemble.first_node);
    file.write_vector<std::int64_t>("/trees/feature", ensemble.feature);
    file.write_vector<float>("/trees/threshold", ensemble.threshold);
    file.write_vector<std::int64_t>("/trees/left", ensemble.left);
    file.write_vector<std::int64_t>("/trees/right", ensemble.right);
    file.write_vector<double>("/trees/value", ensemble.value);
}

TrainedTrees read_trees(const InputFile& file) {
    TrainedTrees trees{
        .ensemble = {.inputs = static_cast<std::int64_t>(positive_attribute(file, "input_count")),
                     .base_score = file.double_attribute("/", "base_score"),
                     .first_node = file.read<std::int64_t>("/trees/first_node"),
                     .feature = file.read<std::int64_t>("/trees/feature"),
                     .threshold = file.read<float>("/trees/threshold"),
                     .left = file.read<std::int64_t>("/trees/left"),
                     .right = file.read<std::int64_t>("/trees/right"),
                     .value = file.read<double>("/trees/value")},
        .training_loss = file.read<double>("/losses/training"),
        .validation_loss = file.read<double>("/losses/validation")};
    require_finite(file, "/trees/threshold", trees.ensemble.threshold);
    require_finite(file, "/trees/value", trees.ensemble.value);
    require_possible(file, problems(trees.ensemble));
    return trees;
}

}  // namespace lacathode::models::detail
