// Rows of host arrays through the device, block by block.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace lacathode::torch_backend {

/// A column of rows to be read, row-major.
struct RowsIn {
    std::span<const float> values;  ///< [N, cols]
    std::int64_t cols;
};
/// One to be written.
struct RowsOut {
    std::span<float> values;  ///< [N, cols]
    std::int64_t cols;
};

/// Computes each of `outputs` [N, cols] from `inputs` [N, cols] without gradients:
/// work({[1, rows, cols], ...}) of a block of rows gives as many tensors as there are outputs, each
/// of a block's size. On a CPU `threads` take blocks side by side. On a GPU two blocks are under
/// way at a time, each with pinned memory and a stream of its own, so that one is transferred
/// while the other is computed.
void in_blocks(
    torch::Device device, int threads, const std::vector<RowsIn>& inputs,
    const std::vector<RowsOut>& outputs,
    const std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)>& work);

}  // namespace lacathode::torch_backend
