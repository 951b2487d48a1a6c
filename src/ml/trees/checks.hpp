// What trees cannot be trained on.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/ml/classifier_data.hpp"
#include "ml/trees/fixed_point.hpp"

namespace lacathode::ml::trees {

/// Throws InputError unless there are events, all inputs are finite, all targets 0 or 1, and all
/// weights positive and in the range of FixedPoint. `what`: "training". `inputs`: columns of x.
void check_data(const ClassifierData& data, const std::string& what, std::size_t inputs);

/// Throws InputError if the second derivative of an event of the smallest weight is lost in the
/// units of `scale`.
void check_resolution(const ClassifierData& training, const FixedPoint& scale);

}  // namespace lacathode::ml::trees
