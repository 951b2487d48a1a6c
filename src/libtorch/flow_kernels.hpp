// What kernels of our own do of a flow's work, where there is a GPU that has them: Nvidia's
// generation 9 or later with 227 KB of shared memory a block, and flows that fit into it.
// LACATHODE_CUDA_KERNELS=off in the environment leaves all to LibTorch; so does a CPU, or a build
// whose LibTorch has no CUDA.
#pragma once

#include <cstddef>
#include <optional>

#include "libtorch/fused_flow_map.hpp"
#include "libtorch/fused_flow_step.hpp"

namespace lacathode::torch_backend {

/// On the current device, if it is not switched off.
bool kernels_are_there();

class FlowStepKernel {
  public:
    /// Whether run() can do a step of these flows.
    bool serves(const FlowNetwork& network, std::size_t batch_size);
    /// Launches it; returns before it is done.
    void run(FlowNetwork& network, const FlowEvents& events, const StepTables& tables);

  private:
    std::optional<bool> serves_;
    std::optional<FusedFlowStep> step_;
};

/// Whether the next two can, with these flows; no gradients.
bool has_map_kernel(const FlowNetwork& network);
/// FlowNetwork::forward or inverse.
Transformed mapped_by_kernel(const FlowNetwork& network, bool inverse, const torch::Tensor& x,
                             const torch::Tensor& mass);
/// x [R, N, D] in place from behind the MADE of the block before to behind that of `block`.
void next_made_by_kernel(const FlowNetwork& network, std::size_t block, const torch::Tensor& x,
                         const torch::Tensor& mass);

}  // namespace lacathode::torch_backend
