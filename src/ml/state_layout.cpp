#include "lacathode/ml/state_layout.hpp"

#include <algorithm>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

std::int64_t dimension(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

std::string block_prefix(std::size_t block) {
    return "block_" + two_digits(block) + "/";
}

}  // namespace

std::size_t ArrayLayout::size() const {
    std::size_t product = 1;
    for (const std::int64_t length : shape) product *= static_cast<std::size_t>(length);
    return product;
}

std::vector<ArrayLayout> maf_state_layout(const MafArchitecture& architecture) {
    const std::int64_t d = dimension(architecture.features);
    const std::int64_t h = dimension(architecture.hidden);
    std::vector<ArrayLayout> layout;
    for (std::size_t block = 0; block < architecture.blocks; ++block) {
        const std::string prefix = block_prefix(block);
        for (const ArrayLayout& array : {ArrayLayout{"input_weight", {h, d}},
                                         {"input_bias", {h}},
                                         {"condition_weight", {h, 1}},
                                         {"hidden_weight", {h, h}},
                                         {"hidden_bias", {h}},
                                         {"output_weight", {2 * d, h}},
                                         {"output_bias", {2 * d}},
                                         {"log_gamma", {d}},
                                         {"beta", {d}},
                                         {"running_mean", {d}},
                                         {"running_var", {d}}}) {
            layout.push_back({prefix + array.name, array.shape});
        }
    }
    return layout;
}

std::vector<ArrayLayout> mlp_state_layout(const MlpArchitecture& architecture) {
    std::vector<ArrayLayout> layout;
    std::int64_t inputs = dimension(architecture.inputs);
    const auto add_layer = [&](std::size_t index, std::int64_t outputs) {
        const std::string prefix = "layer_" + std::to_string(index) + "/";
        layout.push_back({prefix + "weight", {outputs, inputs}});
        layout.push_back({prefix + "bias", {outputs}});
        inputs = outputs;
    };
    for (std::size_t layer = 0; layer < architecture.hidden.size(); ++layer) {
        add_layer(layer, dimension(architecture.hidden[layer]));
    }
    add_layer(architecture.hidden.size(), 1);
    return layout;
}

MadeDegrees made_degrees(const MafArchitecture& architecture) {
    const int d = static_cast<int>(architecture.features);
    MadeDegrees degrees;
    for (int i = 0; i < d; ++i) degrees.input.push_back(i);
    for (int i = 0; i < static_cast<int>(architecture.hidden); ++i) {
        degrees.hidden.push_back(d == 1 ? -1 : i % (d - 1));
    }
    for (int i = 0; i < 2 * d; ++i) degrees.output.push_back(i % d - 1);
    return degrees;
}

}  // namespace lacathode
