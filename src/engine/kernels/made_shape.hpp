// What the kernels know of a block: sizes, strides and the prefix form of the masks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacathode::detail {

/// See MadeLayout. Strides in floats, multiples of 16.
struct MadeShape {
    std::size_t features;        ///< D
    std::size_t hidden;          ///< H
    const std::uint32_t* reach;  ///< [D] hidden units that see at most i features
    std::size_t input_stride;
    std::size_t hidden_stride;
    std::size_t output_stride;
};

/// One block's matrices, or their gradients, or their Adam moments.
template <class Float>
struct MadeMatrices {
    Float* input;   ///< [H, 2 + D]
    Float* hidden;  ///< [H, 1 + H]
    Float* output;  ///< [1 + H, 2D]
};

}  // namespace lacathode::detail
