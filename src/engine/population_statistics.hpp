// Mean and variance of every batch norm over a whole sample.
#pragma once

#include "engine/maf_parameters.hpp"

namespace lacathode::engine {

/// Sets the running statistics of `parameters` to those of all of `data`, block by block: one pass
/// through each block, which keeps only the current features [N, D] (docs/engine.md, "Population
/// statistics"). Float64 sums in an order that does not depend on `threads`. Far outliers are left
/// out (MafNetwork::set_population_statistics); returns how many.
std::size_t set_population_statistics(MafParameters& parameters, const EngineKernels& kernels,
                                      const FlowData& data, int threads);

}  // namespace lacathode::engine
