// Events through R flows as one kernel (kernels/maf_map.cuh).
#pragma once

#include <cstddef>

#include "libtorch/flow_network.hpp"
#include "libtorch/kernels/maf_map.cuh"

namespace lacathode::torch_backend {

/// Whether the kernels are made for such flows, if there is memory.
bool kernels_know(const MafArchitecture& architecture);
/// Whether a block of threads has room for these flows. `shared_memory`: bytes that the device
/// gives to one.
bool map_fits(const MafArchitecture& architecture, std::size_t replicas, std::size_t shared_memory);

/// What the kernel is to do, and the tensors that it reads and writes.
struct FlowMap {
    kernels::MafMap map{};
    torch::Tensor statistics;  ///< [R, 2 K, D]
    torch::Tensor to;          ///< [R, N, D]
    torch::Tensor log_det;     ///< [R, N], undefined if nobody wants it
};

/// All blocks, either way. x [S, N, D] and mass [S, N, 1], S = 1 (or stride 0) for all flows or R.
FlowMap whole_map(const FlowNetwork& network, const torch::Tensor& x, const torch::Tensor& mass);
/// From behind the MADE of the block before to behind that of `block`, in place: x [R, N, D].
FlowMap next_made(const FlowNetwork& network, std::size_t block, const torch::Tensor& x,
                  const torch::Tensor& mass);

}  // namespace lacathode::torch_backend
