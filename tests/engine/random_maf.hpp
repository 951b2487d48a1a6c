// MAFs with every parameter at random, and events for them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/engine/engine.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::test {

/// Weights small enough for a well-conditioned map, biases and batch norms away from 0 and 1. For
/// more features than the library's own initial state allows, too.
inline NamedArrays random_state(const MafArchitecture& architecture, std::uint64_t seed) {
    RandomStream stream(seed, "parameters");
    NamedArrays state;
    for (const ArrayLayout& array : maf_state_layout(architecture)) {
        const bool matrix = array.shape.size() == 2;
        const double width = matrix ? 0.5 / std::sqrt(static_cast<double>(array.shape[1])) : 0.1;
        std::vector<float> values(array.size());
        for (float& value : values) {
            const double noise = width * stream.normal();
            value =
                static_cast<float>(array.name.ends_with("running_var") ? std::exp(noise) : noise);
        }
        state.push_back({array.name, array.shape, std::move(values)});
    }
    return state;
}

inline FlowData random_events(std::size_t events, std::size_t features, std::uint64_t seed) {
    RandomStream stream(seed, "events");
    FlowData data{Matrix<float>(events, features), std::vector<float>(events)};
    for (float& value : data.y.values()) value = static_cast<float>(stream.normal());
    for (float& mass : data.mass) mass = static_cast<float>(1 + stream.uniform());
    return data;
}

inline std::vector<std::uint32_t> first_rows(std::size_t count) {
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

inline std::unique_ptr<MafNetwork> random_maf(const MafArchitecture& architecture,
                                              std::uint64_t seed, int threads = 1,
                                              const std::string& instruction_set = {}) {
    auto flow = make_engine_maf(architecture, {.learning_rate = 1e-3}, threads, instruction_set);
    flow->load(random_state(architecture, seed));
    return flow;
}

}  // namespace lacathode::test
