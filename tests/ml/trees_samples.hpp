// Events for the tests of the trees.
#pragma once

#include <cstdint>

#include "lacathode/core/random.hpp"
#include "lacathode/ml/trees_training.hpp"

namespace lacathode::trees_test {

/// One feature, unit weights.
inline ClassifierData one_feature(std::vector<float> x, std::vector<float> target) {
    const std::size_t events = x.size();
    return {Matrix<float>(events, 1, std::move(x)), std::move(target),
            std::vector<float>(events, 1.0F)};
}

/// Normal features, half of the events data, whose feature `informative` is shifted by `shift`.
inline ClassifierData normal_events(std::size_t events, std::size_t inputs, float shift,
                                    std::size_t informative, std::uint64_t seed) {
    RandomStream stream(seed, "events");
    ClassifierData data{Matrix<float>(events, inputs), {}, std::vector<float>(events, 1.0F)};
    for (float& value : data.x.values()) value = static_cast<float>(stream.normal());
    for (std::size_t event = 0; event < events; ++event) {
        const bool is_data = event % 2 == 0;
        data.target.push_back(is_data ? 1.0F : 0.0F);
        if (is_data) data.x(event, informative) += shift;
    }
    return data;
}

inline const RandomStream stream(1, "trees");

}  // namespace lacathode::trees_test
