#include "engine/flow_workspace.hpp"

#include <algorithm>

#include "engine/input_panel.hpp"

namespace lacathode::detail {
namespace {

/// Row 0 of every panel's hidden layer acts on the biases.
void set_ones(AlignedBuffer& hidden, std::size_t stride, std::size_t panel) {
    for (std::size_t begin = 0; begin < hidden.size(); begin += stride) {
        std::fill_n(hidden.data() + begin, panel, 1.0F);
    }
}

}  // namespace

FlowWorkspace::FlowWorkspace(const FlowArchitecture& architecture, std::size_t panel,
                             std::size_t panels)
    : d_(architecture.features),
      h_(architecture.hidden),
      panel_(panel),
      panels_(panels),
      inputs_((architecture.blocks + 1) * panels * input_stride()),
      hidden1_(architecture.blocks * panels * hidden_stride()),
      hidden2_(architecture.blocks * panels * hidden_stride()),
      u_(architecture.blocks * panels * feature_stride()),
      scale_(architecture.blocks * panels * feature_stride()),
      log_det_(panels * panel),
      hidden1_gradient_(gradients * panels * hidden_stride()),
      hidden2_gradient_(gradients * panels * hidden_stride()),
      output_gradient_(gradients * panels * output_stride()),
      feature_gradient_(gradients * panels * feature_stride()) {
    set_ones(hidden1_, hidden_stride(), panel);
    set_ones(hidden2_, hidden_stride(), panel);
}

float* FlowWorkspace::inputs(std::size_t k, std::size_t p) {
    return inputs_.data() + (k * panels_ + p) * input_stride();
}

MadePanel FlowWorkspace::made(std::size_t k, std::size_t p) {
    const std::size_t index = k * panels_ + p;
    return {.inputs = logical_inputs(inputs(k, p), d_, panel_, k),
            .hidden1 = hidden1_.data() + index * hidden_stride(),
            .hidden2 = hidden2_.data() + index * hidden_stride(),
            .u = u_.data() + index * feature_stride(),
            .scale = scale_.data() + index * feature_stride(),
            .log_det = log_det(p)};
}

MadeGradientPanel FlowWorkspace::gradient(std::size_t k, std::size_t p) {
    const std::size_t index = k % gradients * panels_ + p;
    return {.outputs = output_gradient(k, p),
            .hidden2 = hidden2_gradient_.data() + index * hidden_stride(),
            .hidden1 = hidden1_gradient_.data() + index * hidden_stride(),
            .features = logical_features(feature_gradient(k, p), d_, panel_, k)};
}

float* FlowWorkspace::output_gradient(std::size_t k, std::size_t p) {
    return output_gradient_.data() + (k % gradients * panels_ + p) * output_stride();
}

float* FlowWorkspace::feature_gradient(std::size_t k, std::size_t p) {
    return feature_gradient_.data() + (k % gradients * panels_ + p) * feature_stride();
}

}  // namespace lacathode::detail
