#include "engine/mlp_parameters.hpp"

#include <algorithm>

#include "engine/kernels/cache_line.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::engine {
namespace {

/// Positions in mlp_state_layout(): weight, bias, weight, bias, ...
constexpr std::size_t weight_array(std::size_t layer) {
    return 2 * layer;
}
constexpr std::size_t bias_array(std::size_t layer) {
    return 2 * layer + 1;
}

std::vector<DenseLayer> dense_layers(const MlpArchitecture& architecture) {
    std::vector<std::size_t> outputs = architecture.hidden;
    outputs.push_back(1);
    std::vector<DenseLayer> layers;
    std::size_t inputs = architecture.inputs;
    std::size_t offset = 0;
    for (const std::size_t units : outputs) {
        layers.push_back({inputs, units, whole_lines(unit_row(inputs)), offset});
        offset += units * layers.back().stride;
        inputs = units;
    }
    return layers;
}

}  // namespace

MlpParameters::MlpParameters(const MlpArchitecture& architecture)
    : architecture_(architecture),
      layers_(dense_layers(architecture)),
      values_(layers_.back().offset + layers_.back().stride) {}

void MlpParameters::place(const NamedArrays& arrays, float* values) const {
    std::vector<const NamedArray*> layout;
    for (const ArrayLayout& array : mlp_state_layout(architecture_)) {
        layout.push_back(&find_array(arrays, array.name, array.shape));
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const DenseLayer& layer = layers_[l];
        for (std::size_t r = 0; r < layer.outputs; ++r) {
            float* row = values + layer.offset + r * layer.stride;
            row[bias_row] = layout[bias_array(l)]->values[r];
            std::copy_n(layout[weight_array(l)]->values.data() + r * layer.inputs, layer.inputs,
                        row + unit_row(0));
        }
    }
}

NamedArrays MlpParameters::named(const float* values) const {
    NamedArrays result;
    for (const ArrayLayout& array : mlp_state_layout(architecture_)) {
        result.push_back({array.name, array.shape, std::vector<float>(array.size())});
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const DenseLayer& layer = layers_[l];
        for (std::size_t r = 0; r < layer.outputs; ++r) {
            const float* row = values + layer.offset + r * layer.stride;
            result[bias_array(l)].values[r] = row[bias_row];
            std::copy_n(row + unit_row(0), layer.inputs,
                        result[weight_array(l)].values.data() + r * layer.inputs);
        }
    }
    return result;
}

}  // namespace lacathode::engine
