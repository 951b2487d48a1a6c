#include "libtorch/kernels/maf_map.cuh"

#include "libtorch/kernels/cuda_block.cuh"
#include "libtorch/kernels/launch.hpp"

namespace lacathode::kernels {
namespace {

template <int D, bool inverse>
__global__ void __launch_bounds__(threads, 1) map_some(const __grid_constant__ MafMap map) {
    MafMapOfSome<D, CudaBlock> some(map, static_cast<int>(blockIdx.y), blockIdx.x, {});
    if constexpr (inverse) {
        some.inverse();
    } else {
        some.forward();
    }
}

template <int D, bool inverse>
cudaError_t launch_of(const MafMap& map, std::size_t replicas, cudaStream_t stream) {
    constexpr int bytes = static_cast<int>(sizeof(float)) * map_floats<D>();
    const cudaError_t error = cudaFuncSetAttribute(
        map_some<D, inverse>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    if (error != cudaSuccess) return error;
    const dim3 grid(static_cast<unsigned>((map.events + events_of_a_map - 1) / events_of_a_map),
                    static_cast<unsigned>(replicas));
    map_some<D, inverse><<<grid, threads, bytes, stream>>>(map);
    return cudaGetLastError();
}

}  // namespace

cudaError_t launch(const MafMap& map, bool inverse, std::size_t features, std::size_t replicas,
                   cudaStream_t stream) {
    return with_features(features, [&](auto d) {
        return inverse ? launch_of<d(), true>(map, replicas, stream)
                       : launch_of<d(), false>(map, replicas, stream);
    });
}

}  // namespace lacathode::kernels
