#include "libtorch/device.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#ifdef LACATHODE_TORCH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>
#endif

#include "lacathode/core/errors.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/flow_kernels.hpp"

namespace lacathode::torch_backend {

void check_device(TorchDevice device) {
    if (device == TorchDevice::cpu || torch::cuda::is_available()) return;
    const bool built_with_cuda = at::Context::hasCUDART();
    throw UsageError(
        built_with_cuda
            ? "device cuda: LibTorch sees no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES, or "
              "use --device cpu"
            : "device cuda: this LibTorch was built without CUDA; configure with Torch_DIR at a "
              "CUDA build of LibTorch, or use --device cpu");
}

std::string description() {
    return std::string("LibTorch ") + TORCH_VERSION +
           " (CUDA: " + (torch::cuda::is_available() ? "yes" : "no") +
           (torch::cuda::is_available() && kernels_are_there() ? ", own kernels" : "") +
           (at::globalContext().allowTF32CuBLAS() ? ", TF32)" : ")");
}

double free_memory(TorchDevice device) {
    check_device(device);
#ifdef LACATHODE_TORCH_CUDA
    if (device == TorchDevice::cuda) {
        return at_edge("asking for the GPU's memory", [] {
            // What LibTorch keeps of trainings that are done is free for the next ones.
            c10::cuda::CUDACachingAllocator::emptyCache();
            std::size_t free = 0;
            std::size_t total = 0;
            C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
            return static_cast<double>(free);
        });
    }
#endif
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        constexpr std::string_view name = "MemAvailable:";
        if (line.starts_with(name)) return 1024 * std::stod(line.substr(name.size()));
    }
    throw UsageError("/proc/meminfo does not say how much memory is available");
}

torch::Device usable_device(TorchDevice device) {
    check_device(device);
    return {device == TorchDevice::cuda ? torch::kCUDA : torch::kCPU};
}

void use_one_thread_per_operation() {
    at::set_num_threads(1);
    // OpenBLAS has threads of its own, which LibTorch does not govern. It is one of several
    // libraries that may stand behind libblas.so, so it is asked for by name: glibc looks for it in
    // the whole program, then among the libraries that came with this module.
    using SetThreads = void (*)(int);
    if (const auto set_threads =
            reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
        set_threads(1);
    }
}

std::int64_t rows_per_chunk(torch::Device device) {
    return device.is_cuda() ? 262'144 : 4'096;
}

std::int64_t rows_per_chunk(torch::Device device, std::size_t replicas) {
    constexpr std::int64_t least = 256;
    if (device.is_cpu()) return least;
    return std::max(least, rows_per_chunk(device) / static_cast<std::int64_t>(replicas));
}

}  // namespace lacathode::torch_backend
