// The classifier's activations for some panels of events, and the pass through its layers.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/classifier_parameters.hpp"
#include "engine/kernels/kernels.hpp"

namespace lacathode::detail {

/// Layer l reads activation(l, p), [1 + inputs, panel] with row 0 all ones, and the last one writes
/// logits(p).
class ClassifierActivations {
  public:
    ClassifierActivations(const std::vector<DenseLayer>& layers, std::size_t panel,
                          std::size_t panels);

    [[nodiscard]] std::size_t panels() const noexcept { return panels_; }
    [[nodiscard]] float* activation(std::size_t layer, std::size_t p) {
        return values_[layer].data() + p * stride(layer);
    }
    /// Input i of event e of panel p.
    [[nodiscard]] float& input(std::size_t p, std::size_t i, std::size_t e) {
        return activation(0, p)[(1 + i) * panel_ + e];
    }
    [[nodiscard]] float* logits(std::size_t p) { return logits_.data() + p * panel_; }
    /// Floats from one panel to the next.
    [[nodiscard]] std::size_t stride(std::size_t layer) const { return strides_[layer]; }

  private:
    std::size_t panel_;
    std::size_t panels_;
    std::vector<std::size_t> strides_;   ///< [layers]
    std::vector<AlignedBuffer> values_;  ///< [layers] of [panels, 1 + inputs, panel]
    AlignedBuffer logits_;               ///< [panels, panel]
};

/// From activation(0, p) to logits(p).
void classify(const ClassifierParameters& parameters, const EngineKernels& kernels,
              ClassifierActivations& activations, std::size_t p);

}  // namespace lacathode::detail
