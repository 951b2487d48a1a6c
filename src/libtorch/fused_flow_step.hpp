// The training step of R flows as one kernel: a block of threads each (kernels/maf_step.cuh).
#pragma once

#include <cstddef>
#include <cstdint>

#include "lacathode/ml/maf.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/kernels/maf_step.cuh"
#include "libtorch/population_statistics.hpp"
#include "libtorch/replica_steps.hpp"

namespace lacathode::torch_backend {

/// Memory for the step of one flow, in floats.
struct StepSize {
    std::size_t shared_floats;  ///< of a multiprocessor
    std::size_t kept_floats;    ///< of the device
};
/// Of flows that kernels_know().
StepSize step_size(const MafArchitecture& architecture, std::size_t batch_size);

class FusedFlowStep {
  public:
    /// Whether a block of threads has room for a step of such flows. `shared_memory`: bytes that
    /// the device gives to one block.
    static bool fits(const MafArchitecture& architecture, std::size_t batch_size,
                     std::size_t shared_memory);
    FusedFlowStep(const MafArchitecture& architecture, std::size_t replicas, std::size_t batch_size,
                  torch::Device device);

    /// What the kernel is to do for a step; valid as long as its arguments and this object are.
    [[nodiscard]] kernels::MafStep step(Parameters& parameters, const FlowEvents& events,
                                        const StepTables& tables) const;
    [[nodiscard]] std::size_t batch_size() const { return batch_size_; }

  private:
    MafArchitecture architecture_;
    std::size_t batch_size_;
    torch::Tensor kept_;  // [R, kept_floats]
};

}  // namespace lacathode::torch_backend
