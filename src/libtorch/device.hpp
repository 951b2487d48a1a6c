// Devices and threads of LibTorch.
#pragma once

#include <torch/types.h>

#include <cstdint>

#include "lacathode/libtorch/libtorch.hpp"

namespace lacathode::torch_backend {

/// Throws as check_device.
torch::Device usable_device(TorchDevice device);

/// Keeps LibTorch and its BLAS to the calling thread: their own threads would fight those that
/// work on blocks of rows, and the order of their sums depends on how many there are.
void use_one_thread_per_operation();

/// Rows that one pass of inference works on; bounds its memory.
std::int64_t rows_per_chunk(torch::Device device);
/// The same of each of R replicas. On a CPU it does not depend on R, since the rounding of sums
/// over the rows does depend on it.
std::int64_t rows_per_chunk(torch::Device device, std::size_t replicas);

}  // namespace lacathode::torch_backend
