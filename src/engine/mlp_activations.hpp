// The MLP's activations for some panels of events, and the pass through its layers.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/mlp_parameters.hpp"

namespace lacathode::engine {

/// Layer l reads the panel input(l, p), and the last one writes logits(p). Gradients have the same
/// form: of the inputs of each layer, and of the logits.
class MlpActivations {
  public:
    MlpActivations(const std::vector<DenseLayer>& layers, std::size_t panel, std::size_t panels);

    [[nodiscard]] std::size_t panels() const noexcept { return panels_; }
    /// [1 + inputs, panel], row 0 all ones.
    [[nodiscard]] float* input(std::size_t layer, std::size_t p) {
        return values_[layer].data() + p * stride(layer);
    }
    /// The same without the ones. [inputs, panel]
    [[nodiscard]] Rows<float> units(std::size_t layer, std::size_t p) {
        return rows_of(input(layer, p), panel_).from(unit_row(0));
    }
    /// [panel]
    [[nodiscard]] float* logits(std::size_t p) { return logits_.data() + p * panel_; }
    /// What layer `layer` writes: the units of the next one, or the logits as a single row.
    [[nodiscard]] Rows<float> outputs(std::size_t layer, std::size_t p) {
        return is_last(layer) ? rows_of(logits(p), panel_) : units(layer + 1, p);
    }
    /// Floats from one panel to the next, of input() and units().
    [[nodiscard]] std::size_t stride(std::size_t layer) const { return strides_[layer]; }
    /// The same of outputs().
    [[nodiscard]] std::size_t output_stride(std::size_t layer) const {
        return is_last(layer) ? panel_ : stride(layer + 1);
    }

  private:
    [[nodiscard]] bool is_last(std::size_t layer) const { return layer + 1 == values_.size(); }

    std::size_t panel_;
    std::size_t panels_;
    std::vector<std::size_t> strides_;   ///< [layers]
    std::vector<AlignedBuffer> values_;  ///< [layers] of [panels, 1 + inputs, panel]
    AlignedBuffer logits_;               ///< [panels, panel]
};

/// From input(0, p) to logits(p): docs/engine.md (21).
void mlp_forward(const MlpParameters& parameters, const EngineKernels& kernels,
                 MlpActivations& activations, std::size_t p);

}  // namespace lacathode::engine
