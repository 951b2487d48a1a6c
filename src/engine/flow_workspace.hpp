// Every array of a training step, allocated once for the largest batch seen.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/flow_parameters.hpp"

namespace lacathode::detail {

/// Activations of all blocks, kept from the forward for the backward pass, and the gradients of
/// three consecutive blocks: while one thread still updates a block, another may be two further.
class FlowWorkspace {
  public:
    FlowWorkspace(const FlowArchitecture& architecture, std::size_t panel, std::size_t panels);

    [[nodiscard]] std::size_t panels() const noexcept { return panels_; }

    /// Input of block k (k = K: the features are z). [D + 4, panel]
    [[nodiscard]] float* inputs(std::size_t k, std::size_t p);
    [[nodiscard]] MadePanel made(std::size_t k, std::size_t p);
    [[nodiscard]] MadeGradientPanel gradient(std::size_t k, std::size_t p);
    /// Gradient of mu_0, alpha_0, ... of block k. [2D, panel]
    [[nodiscard]] float* output_gradient(std::size_t k, std::size_t p);
    /// Gradient of the features that enter block k, in stored order. [D, panel]
    [[nodiscard]] float* feature_gradient(std::size_t k, std::size_t p);
    [[nodiscard]] float* log_det(std::size_t p) { return log_det_.data() + p * panel_; }

    /// Floats from one panel to the next.
    [[nodiscard]] std::size_t input_stride() const { return (d_ + 4) * panel_; }
    [[nodiscard]] std::size_t hidden_stride() const { return (1 + h_) * panel_; }
    [[nodiscard]] std::size_t output_stride() const { return 2 * d_ * panel_; }
    [[nodiscard]] std::size_t feature_stride() const { return d_ * panel_; }

  private:
    static constexpr std::size_t gradients = 3;  ///< blocks

    std::size_t d_;
    std::size_t h_;
    std::size_t panel_;
    std::size_t panels_;
    AlignedBuffer inputs_;            ///< [K + 1, panels, D + 4, panel]
    AlignedBuffer hidden1_;           ///< [K, panels, 1 + H, panel]
    AlignedBuffer hidden2_;           ///< [K, panels, 1 + H, panel]
    AlignedBuffer u_;                 ///< [K, panels, D, panel]
    AlignedBuffer scale_;             ///< [K, panels, D, panel]
    AlignedBuffer log_det_;           ///< [panels, panel]
    AlignedBuffer hidden1_gradient_;  ///< [3, panels, 1 + H, panel]
    AlignedBuffer hidden2_gradient_;  ///< [3, panels, 1 + H, panel]
    AlignedBuffer output_gradient_;   ///< [3, panels, 2D, panel]
    AlignedBuffer feature_gradient_;  ///< [3, panels, D, panel]
};

}  // namespace lacathode::detail
