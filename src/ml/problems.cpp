#include <algorithm>
#include <cmath>

#include "lacathode/core/problems.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"

namespace lacathode {
namespace {

constexpr std::size_t most_blocks = 100;  // two digits in the names of the arrays

void check_kept(Problems& found, std::size_t keep_best, std::size_t epochs) {
    found.unless(keep_best <= epochs, "keep_best is ", keep_best, " but there are only ", epochs,
                 " epochs; train longer or keep fewer");
}

}  // namespace

std::vector<std::string> problems(const AdamOptions& options) {
    Problems found;
    found.unless(std::isfinite(options.learning_rate) && options.learning_rate > 0,
                 "learning_rate is ", options.learning_rate, "; it must be positive");
    found.unless(std::isfinite(options.weight_decay) && options.weight_decay >= 0,
                 "weight_decay is ", options.weight_decay, "; it must not be negative");
    found.unless(options.beta1 >= 0 && options.beta1 < 1, "beta1 is ", options.beta1,
                 "; it must be in [0, 1)");
    found.unless(options.beta2 >= 0 && options.beta2 < 1, "beta2 is ", options.beta2,
                 "; it must be in [0, 1)");
    found.unless(std::isfinite(options.epsilon) && options.epsilon > 0, "epsilon is ",
                 options.epsilon, "; it must be positive");
    return found.take();
}

std::vector<std::string> problems(const MafArchitecture& architecture) {
    Problems found;
    found.unless(architecture.features >= 1 && architecture.features <= most_features,
                 "the flow has ", architecture.features, " features; 1 to ", most_features,
                 " are possible");
    found.unless(architecture.hidden >= 1, "hidden is 0; a MADE needs at least 1 hidden unit");
    found.unless(architecture.blocks >= 1 && architecture.blocks <= most_blocks, "blocks is ",
                 architecture.blocks, "; 1 to ", most_blocks, " are possible");
    return found.take();
}

std::vector<std::string> problems(const MlpArchitecture& architecture) {
    Problems found;
    found.unless(architecture.inputs >= 1, "the classifier has no inputs");
    found.unless(!architecture.hidden.empty(), "hidden is empty; give at least one layer");
    found.unless(std::ranges::count(architecture.hidden, 0U) == 0,
                 "hidden has a layer of 0 units; every layer needs at least 1");
    return found.take();
}

std::vector<std::string> problems(const MafTrainingOptions& options) {
    Problems found;
    found.unless(options.epochs > 0, "epochs is 0; train for at least 1");
    found.unless(options.batch_size >= 2, "batch_size is ", options.batch_size,
                 "; batch norm needs at least 2 events");
    check_kept(found, options.keep_best, options.epochs);
    return found.take();
}

std::vector<std::string> problems(const MlpTrainingOptions& options) {
    Problems found;
    found.unless(options.epochs > 0, "epochs is 0; train for at least 1");
    found.unless(options.batch_size > 0, "batch_size is 0; it must be at least 1");
    check_kept(found, options.keep_best, options.epochs);
    return found.take();
}

}  // namespace lacathode
