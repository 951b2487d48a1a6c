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
    return static_cast<std::size_t>(bytes);
}

cudaError_t launch(const MafStep& step, std::size_t features, std::size_t replicas,
                   cudaStream_t stream) {
    switch (features) {
        case 1:
            return launch_of<1>(step, replicas, stream);
        case 2:
            return launch_of<2>(step, replicas, stream);
        case 3:
            return launch_of<3>(step, replicas, stream);
        case 4:
            return launch_of<4>(step, replicas, stream);
        case 5:
            return launch_of<5>(step, replicas, stream);
        case 6:
            return launch_of<6>(step, replicas, stream);
        default:
            return cudaErrorInvalidValue;
    }
}

}  // namespace lacathode::kernels
