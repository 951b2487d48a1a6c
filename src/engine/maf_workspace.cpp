#include "engine/maf_workspace.hpp"

namespace lacathode::engine {

MafWorkspace::MafWorkspace(const MafArchitecture& architecture, std::size_t panel,
                           std::size_t panels)
    : d_(architecture.features),
      panel_(panel),
      panels_(panels),
      inputs_((architecture.blocks + 1) * panels * input_stride()),
      activations_(architecture.features, architecture.hidden, panel, architecture.blocks * panels),
      log_det_(panels * panel),
      weight_(panels * panel),
      hidden1_gradient_(gradient_blocks * panels * hidden_stride()),
      hidden2_gradient_(gradient_blocks * panels * hidden_stride()),
      output_gradient_(gradient_blocks * panels * output_stride()),
      feature_gradient_(gradient_blocks * panels * feature_stride()) {}

InputPanel MafWorkspace::inputs(std::size_t k, std::size_t p) {
    return {inputs_.data() + (k * panels_ + p) * input_stride(), d_, panel_};
}

MadePanel MafWorkspace::made(std::size_t k, std::size_t p) {
    return activations_.panel(k * panels_ + p, inputs(k, p).inputs(k), log_det(p));
}

MadeGradientPanel MafWorkspace::gradient(std::size_t k, std::size_t p) {
    const std::size_t offset = gradient_index(k, p) * hidden_stride();
    const Rows<float> features = rows_of(feature_gradient(k, p), panel_);
    return {.outputs = output_gradient(k, p),
            .hidden2 = hidden2_gradient_.data() + offset,
            .hidden1 = hidden1_gradient_.data() + offset,
            .features = in_block_order(features, d_, k)};
}

float* MafWorkspace::output_gradient(std::size_t k, std::size_t p) {
    return output_gradient_.data() + gradient_index(k, p) * output_stride();
}

float* MafWorkspace::feature_gradient(std::size_t k, std::size_t p) {
    return feature_gradient_.data() + gradient_index(k, p) * feature_stride();
}

Rows<const float> MafWorkspace::gradient_behind(std::size_t k, std::size_t p) {
    return in_block_order(rows_of(feature_gradient(k + 1, p), panel_), d_, k);
}

}  // namespace lacathode::engine
