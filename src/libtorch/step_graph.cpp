#include "libtorch/step_graph.hpp"

#include <cstdlib>
#include <string_view>

#ifdef LACATHODE_TORCH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace lacathode::torch_backend {

#ifdef LACATHODE_TORCH_CUDA
namespace {

// What LibTorch allocates and tries out at first must not be recorded.
constexpr int steps_before_the_record = 3;

bool graphs_are_wanted() {
    const char* text = std::getenv("LACATHODE_CUDA_GRAPHS");
    return text == nullptr || std::string_view(text) != "off";
}

}  // namespace

struct StepGraph::Record {
    // A default stream cannot be recorded.
    c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool();
    at::cuda::CUDAGraph graph;
    int steps = 0;

    // Calls work on the stream, behind what was asked for before and before what comes.
    template <class Work>
    void on_stream(const Work& work) {
        c10::cuda::getCurrentCUDAStream().synchronize();
        {
            const c10::cuda::CUDAStreamGuard guard(stream);
            work();
        }
        stream.synchronize();
    }
};

StepGraph::StepGraph(torch::Device device)
    : record_(device.is_cuda() && graphs_are_wanted() ? std::make_unique<Record>() : nullptr) {}

void StepGraph::run(const std::function<void()>& step) {
    if (!record_) return step();
    if (record_->steps < steps_before_the_record) {
        record_->on_stream(step);
        ++record_->steps;
        return;
    }
    if (record_->steps == steps_before_the_record) {
        record_->on_stream([&] {
            // The record allocates from a pool of its own, and meanwhile nothing is given back:
            // what the steps before it left in the cache would count twice.
            c10::cuda::CUDACachingAllocator::emptyCache();
            record_->graph.capture_begin();
            step();
            record_->graph.capture_end();
        });
        ++record_->steps;
    }
    record_->graph.replay();
}

#else

struct StepGraph::Record {};

StepGraph::StepGraph(torch::Device /*device*/) {}

void StepGraph::run(const std::function<void()>& step) {
    step();
}

#endif

StepGraph::~StepGraph() = default;

}  // namespace lacathode::torch_backend
