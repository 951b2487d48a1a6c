// Every array of a training step of the MAF, allocated once for the largest batch seen.
#pragma once

#include <cstddef>

#include "engine/aligned_buffer.hpp"
#include "engine/input_panel.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/made_activations.hpp"
#include "lacathode/ml/maf.hpp"

namespace lacathode::engine {

/// Activations of all blocks, kept from the forward for the backward pass, and the gradients of
/// three consecutive blocks: while one thread still updates a block, another may be two further
/// (docs/engine.md, "Threads").
class MafWorkspace {
  public:
    MafWorkspace(const MafArchitecture& architecture, std::size_t panel, std::size_t panels);

    [[nodiscard]] std::size_t panels() const noexcept { return panels_; }

    /// Input of block k (k = K: the features are z).
    [[nodiscard]] InputPanel inputs(std::size_t k, std::size_t p);
    [[nodiscard]] MadePanel made(std::size_t k, std::size_t p);
    [[nodiscard]] MadeGradientPanel gradient(std::size_t k, std::size_t p);
    /// Gradient of mu_0, alpha_0, ... of block k. [2D, panel]
    [[nodiscard]] float* output_gradient(std::size_t k, std::size_t p);
    /// Gradient of the features that enter block k, in stored order. [D, panel]
    [[nodiscard]] float* feature_gradient(std::size_t k, std::size_t p);
    /// The same behind block k, in the order of block k: the gradient of y (7).
    [[nodiscard]] Rows<const float> gradient_behind(std::size_t k, std::size_t p);
    /// [panel]
    [[nodiscard]] float* log_det(std::size_t p) { return log_det_.data() + p * panel_; }

    /// Of the events in the loss. [panel]
    [[nodiscard]] float* weight(std::size_t p) { return weight_.data() + p * panel_; }

    /// Floats from one panel to the next.
    [[nodiscard]] std::size_t input_stride() const { return InputPanel::rows(d_) * panel_; }
    [[nodiscard]] std::size_t hidden_stride() const { return activations_.hidden_stride(); }
    [[nodiscard]] std::size_t output_stride() const { return mu_row(d_) * panel_; }
    [[nodiscard]] std::size_t feature_stride() const { return activations_.feature_stride(); }

  private:
    static constexpr std::size_t gradient_blocks = 3;

    [[nodiscard]] std::size_t gradient_index(std::size_t k, std::size_t p) const {
        return k % gradient_blocks * panels_ + p;
    }

    std::size_t d_;
    std::size_t panel_;
    std::size_t panels_;
    AlignedBuffer inputs_;            ///< [K + 1, panels, D + 4, panel]
    MadeActivations activations_;     ///< [K, panels]
    AlignedBuffer log_det_;           ///< [panels, panel]
    AlignedBuffer weight_;            ///< [panels, panel]
    AlignedBuffer hidden1_gradient_;  ///< [3, panels, 1 + H, panel]
    AlignedBuffer hidden2_gradient_;  ///< [3, panels, 1 + H, panel]
    AlignedBuffer output_gradient_;   ///< [3, panels, 2D, panel]
    AlignedBuffer feature_gradient_;  ///< [3, panels, D, panel]
};

}  // namespace lacathode::engine
