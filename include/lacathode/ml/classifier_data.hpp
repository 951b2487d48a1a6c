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
    std::vector<float> weight;  ///< [N] > 0
    [[nodiscard]] std::size_t size() const noexcept { return target.size(); }
};

/// Sets weight N / (2 N_c) of every event of both sets, N and N_c counted in `training` and c the
/// event's target (docs/method.md (5.3)): validation losses then estimate the same mean. Throws
/// InputError if a class is empty.
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
