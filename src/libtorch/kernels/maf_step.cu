#include "libtorch/kernels/cuda_block.cuh"
#include "libtorch/kernels/launch.hpp"

namespace lacathode::kernels {
namespace {

constexpr int least_generation = 9;  // CMakeLists.txt: what they are compiled for

template <int D>
__global__ void __launch_bounds__(threads, 1) step_of_each(const __grid_constant__ MafStep step) {
    MafStepOfOne<D, CudaBlock>(step, static_cast<int>(blockIdx.x), {}).run();
}

template <int D>
cudaError_t launch_of(const MafStep& step, std::size_t replicas, cudaStream_t stream) {
    const std::size_t bytes =
        sizeof(float) * static_cast<std::size_t>(shared_floats<D>(step.rows, step.blocks));
    const cudaError_t error = cudaFuncSetAttribute(
        step_of_each<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
    if (error != cudaSuccess) return error;
    step_of_each<D><<<static_cast<unsigned>(replicas), threads, bytes, stream>>>(step);
    return cudaGetLastError();
}

}  // namespace

std::size_t shared_memory_of_a_block() {
    int device = 0;
    int generation = 0;
    int bytes = 0;
    if (cudaGetDevice(&device) != cudaSuccess) return 0;
    if (cudaDeviceGetAttribute(&generation, cudaDevAttrComputeCapabilityMajor, device) !=
            cudaSuccess ||
        generation < least_generation)
        return 0;
    if (cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) !=
        cudaSuccess)
        return 0;
    // Too little for the smallest: there are kernels for none.
    const auto least = static_cast<int>(sizeof(float)) * map_floats<1>();
    return bytes < least ? 0 : static_cast<std::size_t>(bytes);
}

cudaError_t launch(const MafStep& step, std::size_t features, std::size_t replicas,
                   cudaStream_t stream) {
    return with_features(features, [&](auto d) { return launch_of<d()>(step, replicas, stream); });
}

}  // namespace lacathode::kernels
