// The kernels' side of CUDA; only in builds whose LibTorch has it.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "libtorch/kernels/maf_map.cuh"
#include "libtorch/kernels/maf_step.cuh"

namespace lacathode::kernels {

/// Bytes of shared memory that the current device gives to one block of threads of these kernels;
/// 0 if that is too little, or it is of a generation that they are not compiled for.
std::size_t shared_memory_of_a_block();

/// One step of each of `replicas` flows of `features` features on the stream. Returns before it is
/// done.
cudaError_t launch(const MafStep& step, std::size_t features, std::size_t replicas,
                   cudaStream_t stream);

/// The events of each of `replicas` flows. Returns before it is done.
cudaError_t launch(const MafMap& map, bool inverse, std::size_t features, std::size_t replicas,
                   cudaStream_t stream);

}  // namespace lacathode::kernels
