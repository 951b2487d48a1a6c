#include "ml/trees/checks.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"

namespace lacathode::ml::trees {
namespace {

constexpr std::size_t most_events = (std::size_t{1} << 27) - 1;
constexpr double least_steps = 256;  // of a weight: up to 64 of the second derivative, a quarter

void check_targets(const ClassifierData& data, const std::string& what) {
    const auto bad = std::ranges::find_if(
        data.target, [](float target) { return target != 0.0F && target != 1.0F; });
    if (bad == data.target.end()) return;
    throw InputError(concat("trees' ", what, " targets: value ", bad - data.target.begin(), " is ",
                            *bad, "; a target is 1 for data and 0 for background"));
}

void check_weights(const ClassifierData& data, const std::string& what) {
    detail::require_finite_data("trees' " + what + " weights", data.weight);
    const auto bad = std::ranges::find_if(data.weight, [](float weight) { return !(weight > 0); });
    if (bad != data.weight.end()) {
        throw InputError(
            concat("trees' ", what, " weights: value ", bad - data.weight.begin(), " is ", *bad,
                   "; weights must be positive: leave such events out, or train a network "
                   "(train_classifier.model = mlp), which takes weights of any sign"));
    }
    const float largest = *std::ranges::max_element(data.weight);
    if (largest >= 1e-20F && largest <= 1e20F) return;
    throw InputError(concat("trees' ", what, " weights: the largest is ", largest,
                            "; scale them to a mean near 1"));
}

}  // namespace

void check_data(const ClassifierData& data, const std::string& what, std::size_t inputs) {
    expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
            "inputs, targets and weights have as many rows");
    expects(data.x.cols() == inputs && inputs > 0, "training and validation agree on the inputs");
    detail::require_finite_data("trees' " + what + " inputs", data.x.values(), data.x.cols());
    check_targets(data, what);
    check_weights(data, what);
    if (data.size() <= most_events) return;
    throw InputError(concat("there are ", data.size(), " ", what, " events; trees can be trained ",
                            "on ", most_events, " at most"));
}

void check_resolution(const ClassifierData& training, const FixedPoint& scale) {
    const double smallest = *std::ranges::min_element(training.weight);
    if (smallest >= least_steps * scale.hessian_unit()) return;
    throw InputError(concat(
        "trees add the second derivatives of ", training.size(), " training events in steps of ",
        scale.hessian_unit(), ", in which the smallest weight, ", smallest,
        ", is lost: take fewer events, weights that differ less (classes of more equal size), or a "
        "network (train_classifier.model = mlp)"));
}

}  // namespace lacathode::ml::trees
