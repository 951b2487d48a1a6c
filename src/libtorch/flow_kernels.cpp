#include "libtorch/flow_kernels.hpp"

#include <cstdlib>
#include <string_view>

#include "lacathode/core/errors.hpp"

#ifdef LACATHODE_KERNELS
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>

#include "libtorch/kernels/launch.hpp"
#endif

namespace lacathode::torch_backend {

#ifdef LACATHODE_KERNELS
namespace {

bool are_on_gpu(const FlowNetwork& flows) {
    return flows.parameters().memory().values.is_cuda();
}

void run(const FlowMap& map, bool inverse, const FlowNetwork& network) {
    C10_CUDA_CHECK(kernels::launch(map.map, inverse, network.architecture().features,
                                   network.parameters().replicas(),
                                   c10::cuda::getCurrentCUDAStream()));
}

}  // namespace

bool kernels_are_there() {
    const char* text = std::getenv("LACATHODE_CUDA_KERNELS");
    return (text == nullptr || std::string_view(text) != "off") &&
           kernels::shared_memory_of_a_block() > 0;
}

bool FlowStepKernel::serves(const FlowNetwork& network, std::size_t batch_size) {
    if (!serves_) {
        serves_ = are_on_gpu(network) && kernels_are_there() &&
                  FusedFlowStep::fits(network.architecture(), batch_size,
                                      kernels::shared_memory_of_a_block());
        if (*serves_)
            step_.emplace(network.architecture(), network.parameters().replicas(), batch_size,
                          torch::kCUDA);
    }
    return *serves_;
}

void FlowStepKernel::run(FlowNetwork& network, const FlowEvents& events, const StepTables& tables) {
    C10_CUDA_CHECK(kernels::launch(step_->step(network.parameters(), events, tables),
                                   network.architecture().features, network.parameters().replicas(),
                                   c10::cuda::getCurrentCUDAStream()));
}

bool has_map_kernel(const FlowNetwork& network) {
    return !torch::GradMode::is_enabled() && are_on_gpu(network) && kernels_are_there() &&
           map_fits(network.architecture(), network.parameters().replicas(),
                    kernels::shared_memory_of_a_block());
}

Transformed mapped_by_kernel(const FlowNetwork& network, bool inverse, const torch::Tensor& x,
                             const torch::Tensor& mass) {
    const FlowMap map = whole_map(network, x, mass);
    run(map, inverse, network);
    return {map.to, map.log_det};
}

void next_made_by_kernel(const FlowNetwork& network, std::size_t block, const torch::Tensor& x,
                         const torch::Tensor& mass) {
    run(next_made(network, block, x, mass), false, network);
}

#else

bool kernels_are_there() {
    return false;
}

bool FlowStepKernel::serves(const FlowNetwork& /*network*/, std::size_t /*batch_size*/) {
    return false;
}

void FlowStepKernel::run(FlowNetwork& /*network*/, const FlowEvents& /*events*/,
                         const StepTables& /*tables*/) {
    expects(false, "there is a GPU");
}

bool has_map_kernel(const FlowNetwork& /*network*/) {
    return false;
}

Transformed mapped_by_kernel(const FlowNetwork& /*network*/, bool /*inverse*/,
                             const torch::Tensor& /*x*/, const torch::Tensor& /*mass*/) {
    expects(false, "there is a GPU");
    return {};
}

void next_made_by_kernel(const FlowNetwork& /*network*/, std::size_t /*block*/,
                         const torch::Tensor& /*x*/, const torch::Tensor& /*mass*/) {
    expects(false, "there is a GPU");
}

#endif

}  // namespace lacathode::torch_backend
