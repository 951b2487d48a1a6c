// The reference files of the networks as this project's types.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "lacathode/ml/state_layout.hpp"
#include "support/golden.hpp"

namespace lacathode::test {

inline MafArchitecture golden_maf_architecture(const GoldenFile& file) {
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

/// The masks of the file; they have "weight" replaced by "mask" in their names.
inline std::vector<float> golden_mask(const GoldenFile& file, const std::string& array) {
    std::string path = "initial/" + array;
    const std::size_t at = path.rfind("_weight");
    if (at != std::string::npos) path.replace(at, 7, "_mask");
    if (at == std::string::npos || !file.has(path)) return {};
    return file.array(path).as_float();
}

/// State at `group` ("initial", "train/final"), masked weights 0.
inline NamedArrays golden_maf_state(const GoldenFile& file, const std::string& group,
                                    const MafArchitecture& architecture) {
    NamedArrays state;
    for (const ArrayLayout& array : maf_state_layout(architecture)) {
        std::vector<float> values = file.array(group + "/" + array.name).as_float();
        const std::vector<float> mask = golden_mask(file, array.name);
        for (std::size_t i = 0; i < mask.size(); ++i) values[i] *= mask[i];
        state.push_back({array.name, array.shape, std::move(values)});
    }
    return state;
}

inline NamedArrays golden_mlp_state(const GoldenFile& file, const std::string& group,
                                    const MlpArchitecture& architecture) {
    NamedArrays state;
    for (const ArrayLayout& array : mlp_state_layout(architecture)) {
        state.push_back({array.name, array.shape, file.array(group + "/" + array.name).as_float()});
    }
    return state;
}

/// Demands that `state`, after a few steps of Adam at `learning_rate`, is the file's `golden`.
/// Adam's first steps follow the sign of a gradient: where it is near zero, rounding decides.
inline void expect_golden_state(const GoldenFile& file, const NamedArrays& state,
                                const NamedArrays& golden, double learning_rate) {
    std::size_t compared = 0;
    std::size_t apart = 0;
    ASSERT_EQ(state.size(), golden.size());
    for (std::size_t a = 0; a < state.size(); ++a) {
        const std::vector<float> mask = golden_mask(file, state[a].name);
        for (std::size_t i = 0; i < state[a].values.size(); ++i) {
            if (!mask.empty() && mask[i] == 0) continue;
            ++compared;
            const double distance =
                std::abs(double{state[a].values[i]} - double{golden[a].values[i]});
            if (!(distance <= 1e-6)) ++apart;
            // A gradient of the wrong sign moves a weight by three times the learning rate.
            EXPECT_LT(distance, 6.1 * learning_rate) << state[a].name;
        }
    }
    EXPECT_LE(static_cast<double>(apart), 0.005 * static_cast<double>(compared));
}

}  // namespace lacathode::test
