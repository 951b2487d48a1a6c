// The events of replicas as tensors on the device.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

namespace lacathode::torch_backend {

/// The column `values` [N_s, cols] of S sets of events as one tensor [S, N, cols], N the largest
/// N_s, on a CPU up to a whole chunk (rows_per_chunk). Shorter sets are filled up with their first
/// event: ordinary values that do no harm.
torch::Tensor stacked(const std::vector<std::span<const float>>& sets, std::int64_t cols,
                      torch::Device device);
/// Which events of such a tensor are none of the filling. bool [S, N, 1]
torch::Tensor valid_events(const std::vector<std::size_t>& sizes, torch::Device device);

/// Where each replica's events begin in such a tensor of S = 1 or S = R sets, seen as rows. [R]
std::vector<std::int64_t> first_rows(const torch::Tensor& sets, std::size_t replicas);

}  // namespace lacathode::torch_backend
