// What a MADE computes on its way from x to u.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"

namespace lacathode::engine {

/// Activations of `count` panels: one to work in, or one for every panel of every block where the
/// backward pass needs them.
class MadeActivations {
  public:
    MadeActivations(std::size_t features, std::size_t hidden, std::size_t panel, std::size_t count)
        : features_(features),
          hidden_(hidden),
          panel_(panel),
          hidden1_(count * hidden_stride()),
          hidden2_(count * hidden_stride()),
          u_(count * feature_stride()),
          scale_(count * feature_stride()) {
        for (std::size_t index = 0; index < count; ++index) {
            std::fill_n(hidden1_.data() + index * hidden_stride(), panel, 1.0F);
            std::fill_n(hidden2_.data() + index * hidden_stride(), panel, 1.0F);
        }
    }

    /// `inputs` [2 + D, panel] in the block's order, `log_det` [panel].
    [[nodiscard]] MadePanel panel(std::size_t index, Rows<float> inputs, float* log_det) {
        return {.inputs = inputs,
                .hidden1 = hidden1_.data() + index * hidden_stride(),
                .hidden2 = hidden2_.data() + index * hidden_stride(),
                .u = u_.data() + index * feature_stride(),
                .scale = scale_.data() + index * feature_stride(),
                .log_det = log_det};
    }

    /// Floats from one panel to the next.
    [[nodiscard]] std::size_t hidden_stride() const { return unit_row(hidden_) * panel_; }
    [[nodiscard]] std::size_t feature_stride() const { return features_ * panel_; }

  private:
    std::size_t features_;
    std::size_t hidden_;
    std::size_t panel_;
    AlignedBuffer hidden1_;  ///< [count, 1 + H, panel], row 0 of each all ones
    AlignedBuffer hidden2_;  ///< as hidden1_
    AlignedBuffer u_;        ///< [count, D, panel]
    AlignedBuffer scale_;    ///< [count, D, panel]
};

}  // namespace lacathode::engine
