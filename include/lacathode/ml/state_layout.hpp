// Names, shapes and order of a network's state arrays, and the masks of a MADE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode {

struct ArrayLayout {
    std::string name;                 ///< "block_00/input_weight"
    std::vector<std::int64_t> shape;  ///< [128, 4]
    /// Product of the shape.
    [[nodiscard]] std::size_t size() const;
};

/// The arrays of state() in their order, as documented at MafNetwork.
std::vector<ArrayLayout> maf_state_layout(const MafArchitecture& architecture);
/// The arrays of state() in their order, as documented at MlpNetwork.
std::vector<ArrayLayout> mlp_state_layout(const MlpArchitecture& architecture);

/// Degrees of a MADE's units; a weight acts where degree(out) >= degree(in) (docs/method.md (3.6);
/// Germain et al. 2015). Inputs 0..D-1; hidden i mod (D - 1), but -1 for D = 1, where nothing may
/// depend on x; outputs (i mod D) - 1.
struct MadeDegrees {
    std::vector<int> input;   ///< [D]
    std::vector<int> hidden;  ///< [H], of both hidden layers
    std::vector<int> output;  ///< [2D]
};
MadeDegrees made_degrees(const MafArchitecture& architecture);

}  // namespace lacathode
