#include "engine/classifier_parameters.hpp"

#include <algorithm>

#include "engine/made_layout.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::detail {
namespace {

std::vector<DenseLayer> dense_layers(const ClassifierArchitecture& architecture) {
    std::vector<std::size_t> outputs = architecture.hidden;
    outputs.push_back(1);
    std::vector<DenseLayer> layers;
    std::size_t inputs = architecture.inputs;
    std::size_t offset = 0;
    for (const std::size_t units : outputs) {
        layers.push_back({inputs, units, whole_lines(1 + inputs), offset});
        offset += units * layers.back().stride;
        inputs = units;
    }
    return layers;
}

}  // namespace

ClassifierParameters::ClassifierParameters(const ClassifierArchitecture& architecture)
    : architecture_(architecture),
      layers_(dense_layers(architecture)),
      values_(layers_.back().offset + layers_.back().stride) {}

void ClassifierParameters::load(const NamedArrays& state) {
    std::vector<const NamedArray*> arrays;  // weight, bias, weight, bias, ...
    for (const ArrayLayout& array : classifier_state_layout(architecture_)) {
        arrays.push_back(&find_array(state, array.name, array.shape));
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const DenseLayer& layer = layers_[l];
        for (std::size_t r = 0; r < layer.outputs; ++r) {
            float* row = values_.data() + layer.offset + r * layer.stride;
            row[0] = arrays[2 * l + 1]->values[r];
            std::copy_n(arrays[2 * l]->values.data() + r * layer.inputs, layer.inputs, row + 1);
        }
    }
}

NamedArrays ClassifierParameters::named(const float* values) const {
    NamedArrays result;
    for (const ArrayLayout& array : classifier_state_layout(architecture_)) {
        result.push_back({array.name, array.shape, std::vector<float>(array.size())});
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const DenseLayer& layer = layers_[l];
        for (std::size_t r = 0; r < layer.outputs; ++r) {
            const float* row = values + layer.offset + r * layer.stride;
            result[2 * l + 1].values[r] = row[0];
            std::copy_n(row + 1, layer.inputs, result[2 * l].values.data() + r * layer.inputs);
        }
    }
    return result;
}

}  // namespace lacathode::detail
