// Names, shapes and order of a network's state arrays, and the masks of a MADE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/classifier.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode {

struct ArrayLayout {
    std::string name;                 ///< "block_00/input_weight"
    std::vector<std::int64_t> shape;  ///< [128, 4]
    /// Product of the shape.
    [[nodiscard]] std::size_t size() const;
};

/// The arrays of state() in their order, as documented at DensityEstimator.
std::vector<ArrayLayout> flow_state_layout(const FlowArchitecture& architecture);
/// The arrays of state() in their order, as documented at Classifier.
std::vector<ArrayLayout> classifier_state_layout(const ClassifierArchitecture& architecture);

/// Degrees of a MADE's units; a weight acts where degree(out) >= degree(in) (METHOD, section 3;
/// Germain et al. 2015). Inputs 0..D-1; hidden i mod (D - 1), but -1 for D = 1, where nothing may
/// depend on x; outputs (i mod D) - 1.
struct MadeDegrees {
    std::vector<int> input;   ///< [D]
    std::vector<int> hidden;  ///< [H], of both hidden layers
    std::vector<int> output;  ///< [2D]
};
MadeDegrees made_degrees(const FlowArchitecture& architecture);

}  // namespace lacathode
