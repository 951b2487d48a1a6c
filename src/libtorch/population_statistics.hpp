// Batch norm statistics over whole data sets.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "libtorch/flow_network.hpp"

namespace lacathode::torch_backend {

/// Events on the device, for evaluation: S = 1 set for all replicas, or S = R sets. Shorter sets
/// are filled up.
struct FlowEvents {
    torch::Tensor x;       ///< [S, N, D]
    torch::Tensor mass;    ///< [S, N, 1]
    torch::Tensor valid;   ///< [S, N, 1] bool: no filling
    torch::Tensor weight;  ///< [S, N, 1] of the loss, not of the statistics; undefined: one each
};

/// Block after block: the exact mean and biased variance (plus epsilon) of all events behind its
/// MADE, float64 sums, then the events on to the next block. The sums are taken per chunk of rows
/// and added in order, so that they do not depend on `threads`. Far outliers are left out
/// (MafNetwork::set_population_statistics); returns how many, a replica. [R]
std::vector<std::int64_t> set_population_statistics(FlowNetwork& network, const FlowEvents& events,
                                                    int threads);

}  // namespace lacathode::torch_backend
