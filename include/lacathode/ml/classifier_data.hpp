// What classifiers of every kind are trained on, and the loss they are trained for.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// Standardised inputs, target 1 for data and 0 for background, and a weight an event.
struct ClassifierData {
    Matrix<float> x;            ///< [N, D]
    std::vector<float> target;  ///< [N] 0 or 1
    std::vector<float> weight;  ///< [N] of the loss; trees demand that it is positive
    [[nodiscard]] std::size_t size() const noexcept { return target.size(); }
};

/// Multiplies the weights of both sets, one each where there are none, by N / (2 W_c): N events are
/// in `training`, W_c is the sum of the weights of its events of the class c, the event's target
/// (docs/method.md (5.3)). Validation losses then estimate the same mean if both sets have one
/// ratio of the classes. Throws InputError if a class of the training set is empty, or the weights
/// of a class do not add up to more than 0.
void set_class_weights(ClassifierData& training, ClassifierData& validation);

/// Binary cross entropy -target log s(z) - (1 - target) log(1 - s(z)), s the sigmoid, from the
/// logit z; stable for any z.
double cross_entropy(double logit, double target);

/// Mean of weight_i * BCE_i over the events (divided by their number, not by the sum of weights),
/// float64 sum. `logits` [N].
double weighted_cross_entropy(std::span<const float> logits, const ClassifierData& data);

/// The part of the weight whose events lie on their own side of score 1/2 (data: logit > 0).
/// `logits` [N].
double weighted_accuracy(std::span<const float> logits, const ClassifierData& data);

/// 1 / (1 + exp(-z))
double sigmoid(double logit);

}  // namespace lacathode
