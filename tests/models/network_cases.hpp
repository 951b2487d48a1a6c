// Networks, events and comparisons that the tests of both backends share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lacathode/ml/state_layout.hpp"
#include "lacathode/models/execution.hpp"

namespace lacathode::test {

inline auto all_backends() {
    return ::testing::Values(Backend::torch, Backend::engine);
}
std::string backend_name(const ::testing::TestParamInfo<Backend>& info);

/// Where LibTorch's networks are tested: LACATHODE_TEST_DEVICE=cuda in the environment takes a GPU.
Device torch_device_under_test();

std::unique_ptr<MafNetwork> make_flow(Backend backend, const MafArchitecture& architecture,
                                      const AdamOptions& adam = {}, int threads = 1);
std::unique_ptr<MlpNetwork> make_network(Backend backend, const MlpArchitecture& architecture,
                                         const AdamOptions& adam = {}, int threads = 1);

/// Initial weights with everything else, biases to batch norms, away from its neutral value.
NamedArrays varied_flow_state(const MafArchitecture& architecture, std::uint64_t seed);

/// The values of a state array that no mask removes.
std::vector<float> acting_values(const MafArchitecture& architecture, const NamedArray& array);

/// Normal features, correlated with the next one and with the mass, which is uniform in [2, 5].
FlowData correlated_events(std::size_t count, std::size_t features, std::uint64_t seed);
/// Normal inputs, random targets, weights in [0.5, 1.5].
ClassifierData labelled_events(std::size_t count, std::size_t inputs, std::uint64_t seed);

/// begin, begin + 1, ..., end - 1.
std::vector<std::uint32_t> rows(std::size_t begin, std::size_t end);

double largest_difference(std::span<const float> a, std::span<const float> b);
/// |a - b| / |b|, Euclidean norms.
double relative_distance(std::span<const float> a, std::span<const float> b);

}  // namespace lacathode::test
