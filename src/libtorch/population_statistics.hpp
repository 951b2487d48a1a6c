// Batch norm statistics over a whole data set.
#pragma once

#include <torch/types.h>

#include "libtorch/flow_network.hpp"

namespace lacathode::torch_backend {

/// Block after block: the exact mean and biased variance (plus epsilon) of all events behind its
/// MADE, float64 sums, then the events on to the next block. The sums are taken per chunk of rows
/// and added in order, so that they do not depend on `threads`. Far outliers are left out
/// (MafNetwork::set_population_statistics); returns how many.
std::size_t set_population_statistics(FlowNetwork& network, const FlowData& data,
                                      torch::Device device, int threads);

}  // namespace lacathode::torch_backend
