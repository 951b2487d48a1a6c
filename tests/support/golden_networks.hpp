// The reference files of the networks as this project's types.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "lacathode/ml/state_layout.hpp"
#include "support/golden.hpp"

namespace lacathode::test {

inline FlowArchitecture golden_flow_architecture(const GoldenFile& file) {
    const auto size = [&](const char* name) {
        return static_cast<std::size_t>(file.attribute("/", name));
    };
    return {.features = size("features"), .hidden = size("hidden"), .blocks = size("blocks")};
}

inline AdamOptions golden_adam(const GoldenFile& file, double weight_decay) {
    AdamOptions adam;
    adam.learning_rate = file.attribute("/", "learning_rate");
    adam.weight_decay = weight_decay;
    return adam;
}
inline AdamOptions golden_adam(const GoldenFile& file) {
    return golden_adam(file, file.attribute("/", "weight_decay"));
}

inline Matrix<float> golden_matrix(const GoldenFile& file, const std::string& path) {
    const GoldenArray array = file.array(path);
    return {array.shape.at(0), array.shape.at(1), array.as_float()};
}

inline FlowData golden_flow_data(const GoldenFile& file) {
    return {golden_matrix(file, "x"), file.array("m").as_float()};
}

/// The masks of the file; they have "weight" replaced by "mask" in their names.
inline std::vector<float> golden_mask(const GoldenFile& file, const std::string& array) {
    std::string path = "initial/" + array;
    const std::size_t at = path.rfind("_weight");
    if (at != std::string::npos) path.replace(at, 7, "_mask");
    if (at == std::string::npos || !file.has(path)) return {};
    return file.array(path).as_float();
}

/// State at `group` ("initial", "train/final"), masked weights 0.
inline NamedArrays golden_flow_state(const GoldenFile& file, const std::string& group,
                                     const FlowArchitecture& architecture) {
    NamedArrays state;
    for (const ArrayLayout& array : flow_state_layout(architecture)) {
        std::vector<float> values = file.array(group + "/" + array.name).as_float();
        const std::vector<float> mask = golden_mask(file, array.name);
        for (std::size_t i = 0; i < mask.size(); ++i) values[i] *= mask[i];
        state.push_back({array.name, array.shape, std::move(values)});
    }
    return state;
}

inline NamedArrays golden_classifier_state(const GoldenFile& file, const std::string& group,
                                           const ClassifierArchitecture& architecture) {
    NamedArrays state;
    for (const ArrayLayout& array : classifier_state_layout(architecture)) {
        state.push_back({array.name, array.shape, file.array(group + "/" + array.name).as_float()});
    }
    return state;
}

/// |a - b| / |b|, or |a| if b is zero.
inline double relative_distance(std::span<const float> a, std::span<const double> b) {
    double difference = 0;
    double norm = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = static_cast<double>(a[i]) - b[i];
        difference += d * d;
        norm += b[i] * b[i];
    }
    return std::sqrt(norm > 0 ? difference / norm : difference);
}

}  // namespace lacathode::test
