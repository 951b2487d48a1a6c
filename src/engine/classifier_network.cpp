#include "engine/classifier_network.hpp"

#include <algorithm>

namespace lacathode::detail {

ClassifierActivations::ClassifierActivations(const std::vector<DenseLayer>& layers,
                                             std::size_t panel, std::size_t panels)
    : panel_(panel), panels_(panels), logits_(panels * panel) {
    for (const DenseLayer& layer : layers) {
        strides_.push_back((1 + layer.inputs) * panel);
        values_.emplace_back(panels * strides_.back());
        for (std::size_t p = 0; p < panels; ++p) {
            std::fill_n(activation(strides_.size() - 1, p), panel, 1.0F);
        }
    }
}

void classify(const ClassifierParameters& parameters, const EngineKernels& kernels,
              ClassifierActivations& activations, std::size_t p) {
    const std::vector<DenseLayer>& layers = parameters.layers();
    const std::size_t last = layers.size() - 1;
    for (std::size_t l = 0; l < last; ++l) {
        kernels.dense_relu(parameters.weights(layers[l]), layers[l].stride, layers[l].outputs,
                           1 + layers[l].inputs, activations.activation(l, p),
                           activations.activation(l + 1, p) + kernels.panel);
    }
    kernels.dense_row(parameters.weights(layers[last]), 1 + layers[last].inputs,
                      activations.activation(last, p), activations.logits(p));
}

}  // namespace lacathode::detail
