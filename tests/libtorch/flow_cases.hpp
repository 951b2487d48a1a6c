// Flows and events for the tests of the kernels.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "lacathode/core/random.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/kernels/matrix_products.cuh"
#include "libtorch/threads_of_a_block.hpp"

namespace lacathode::torch_backend {

inline torch::Tensor normal(const std::vector<std::int64_t>& shape, const char* what) {
    RandomStream random(3, what);
    torch::Tensor tensor = torch::empty(shape);
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        tensor.data_ptr<float>()[i] = static_cast<float>(random.normal());
    return tensor;
}

/// Flows of different weights and statistics, none of them zero where they may act.
inline FlowNetwork varied_flows(const MafArchitecture& architecture, const AdamOptions& adam,
                                std::size_t replicas) {
    FlowNetwork network(architecture, adam, replicas, torch::kCPU);
    for (std::size_t r = 0; r < replicas; ++r) {
        RandomStream random(r + 1, "state");
        NamedArrays state = initial_maf_state(architecture, random.at(0));
        for (NamedArray& array : state) {
            const bool variance = array.name.ends_with("running_var");
            for (float& value : array.values)
                value += static_cast<float>(variance ? random.uniform() : 0.05 * random.normal());
        }
        network.load(r, state);
    }
    return network;
}

/// The memory that a block of threads shares. What is in it beforehand must not matter.
class SharedMemory {
  public:
    explicit SharedMemory(int floats)
        : fours_(static_cast<std::size_t>(floats) / 4 + 1, kernels::Four{{NAN, NAN, NAN, NAN}}) {}
    float* data() { return fours_.front().v; }

  private:
    std::vector<kernels::Four> fours_;
};

inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

}  // namespace lacathode::torch_backend
