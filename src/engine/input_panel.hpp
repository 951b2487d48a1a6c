// The rows that a MADE reads: one, mass, features, mass, one.
#pragma once

#include <cstddef>

#include "engine/flow_parameters.hpp"

namespace lacathode::detail {

/// Ones (for the biases) and masses lie at both ends, so that both orders of the features are a
/// walk along one, mass, x_0, x_1, ...: forwards, or backwards from the last row.
constexpr std::size_t input_rows(std::size_t features) {
    return features + 4;
}

inline float* stored_features(float* inputs, std::size_t panel) {
    return inputs + 2 * panel;
}

/// one, mass, x_0 ... x_{D-1} as block `block` sees them.
inline Rows<float> logical_inputs(float* inputs, std::size_t features, std::size_t panel,
                                  std::size_t block) {
    const auto step = static_cast<std::ptrdiff_t>(panel);
    if (block % 2 == 0) return {inputs, step};
    return {inputs + (features + 3) * panel, -step};
}

/// Fills both rows of ones and both rows of masses.
inline void set_condition(float* inputs, std::size_t features, std::size_t panel,
                          const float* mass) {
    for (std::size_t e = 0; e < panel; ++e) {
        inputs[e] = inputs[(features + 3) * panel + e] = 1.0F;
        inputs[panel + e] = inputs[(features + 2) * panel + e] = mass[e];
    }
}

}  // namespace lacathode::detail
