// A block of CUDA's threads, as the kernels know one.
#pragma once

namespace lacathode::kernels {

struct CudaBlock {
    __device__ int thread() const { return static_cast<int>(threadIdx.x); }
    __device__ void sync() const { __syncthreads(); }
    __device__ float* shared() const {
        extern __shared__ __align__(16) float memory[];
        return memory;
    }
};

}  // namespace lacathode::kernels
