// What the kernels know of a block: where things lie, and the prefix form of the masks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacathode::engine {

/// Places in a layer. Column c of a weight matrix acts on row c of the panel that it reads, so one
/// number names both. Counts follow from them: feature_row(D) is the number of rows of an input.
///   input   one (for the bias), mass, x_0 ... x_{D-1}
///   hidden  one, h_0 ... h_{H-1}; so is the input of a dense layer without condition
///   output  mu_0, alpha_0, mu_1, ... (columns of the output matrix; its rows are as of `hidden`)
inline constexpr std::size_t bias_row = 0;
inline constexpr std::size_t mass_row = 1;
constexpr std::size_t feature_row(std::size_t feature) {
    return 2 + feature;
}
constexpr std::size_t unit_row(std::size_t unit) {
    return 1 + unit;
}
constexpr std::size_t mu_row(std::size_t feature) {
    return 2 * feature;
}
constexpr std::size_t alpha_row(std::size_t feature) {
    return 2 * feature + 1;
}

/// See MadeLayout. Strides in floats, whole lines.
struct MadeShape {
    std::size_t features;        ///< D
    std::size_t hidden;          ///< H
    const std::uint32_t* reach;  ///< [D] hidden units that see at most i features
    std::size_t input_stride;
    std::size_t hidden_stride;
    std::size_t output_stride;

    /// Units [first_unit(i), end_unit(i)) see exactly i features.
    [[nodiscard]] std::size_t first_unit(std::size_t i) const { return i == 0 ? 0 : reach[i - 1]; }
    [[nodiscard]] std::size_t end_unit(std::size_t i) const { return reach[i]; }

    /// Offsets in each matrix, in floats.
    [[nodiscard]] std::size_t input_at(std::size_t unit, std::size_t column) const {
        return unit * input_stride + column;
    }
    [[nodiscard]] std::size_t hidden_at(std::size_t unit, std::size_t column) const {
        return unit * hidden_stride + column;
    }
    [[nodiscard]] std::size_t output_at(std::size_t row, std::size_t column) const {
        return row * output_stride + column;
    }
};

/// One block's matrices.
struct MadeMatrices {
    const float* input;   ///< [H, 2 + D]
    const float* hidden;  ///< [H, 1 + H]
    const float* output;  ///< [1 + H, 2D]
};

}  // namespace lacathode::engine
