#include "engine/mlp_activations.hpp"

#include <algorithm>

namespace lacathode::engine {

MlpActivations::MlpActivations(const std::vector<DenseLayer>& layers, std::size_t panel,
                               std::size_t panels)
    : panel_(panel), panels_(panels), logits_(panels * panel) {
    for (const DenseLayer& layer : layers) {
        strides_.push_back(layer.columns() * panel);
        values_.emplace_back(panels * strides_.back());
        for (std::size_t p = 0; p < panels; ++p) {
            std::fill_n(input(strides_.size() - 1, p), panel, 1.0F);
        }
    }
}

void mlp_forward(const MlpParameters& parameters, const EngineKernels& kernels,
                 MlpActivations& activations, std::size_t p) {
    const std::vector<DenseLayer>& layers = parameters.layers();
    const std::size_t last = layers.size() - 1;
    for (std::size_t l = 0; l < last; ++l) {
        kernels.dense_relu(parameters.weights(layers[l]), layers[l].stride, layers[l].outputs,
                           layers[l].columns(), activations.input(l, p),
                           activations.outputs(l, p).first);
    }
    kernels.dense_row(parameters.weights(layers[last]), layers[last].columns(),
                      activations.input(last, p), activations.logits(p));
}

}  // namespace lacathode::engine
