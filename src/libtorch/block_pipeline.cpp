#include "libtorch/block_pipeline.hpp"

#include <algorithm>
#include <array>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/parallel.hpp"
#include "libtorch/device.hpp"
#include "libtorch/tensors.hpp"

#ifdef LACATHODE_TORCH_CUDA
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace lacathode::torch_backend {
namespace {

using Work = std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)>;

template <class Rows>
auto rows_of(const Rows& column, std::size_t begin, std::size_t end) {
    const auto cols = static_cast<std::size_t>(column.cols);
    return column.values.subspan(begin * cols, (end - begin) * cols);
}

void on_cpu(int threads, std::size_t rows, const std::vector<RowsIn>& inputs,
            const std::vector<RowsOut>& outputs, const Work& work) {
    const auto block = static_cast<std::size_t>(rows_per_chunk(torch::kCPU));
    parallel_blocks(rows, block, threads, [&](std::size_t begin, std::size_t end) {
        const torch::NoGradGuard no_grad;
        std::vector<torch::Tensor> in;
        for (const RowsIn& input : inputs)
            in.push_back(view(rows_of(input, begin, end), input.cols).unsqueeze(0));
        const std::vector<torch::Tensor> results = work(in);
        for (std::size_t i = 0; i < outputs.size(); ++i)
            copy_to(results[i], rows_of(outputs[i], begin, end));
    });
}

#ifdef LACATHODE_TORCH_CUDA

// What one block needs while it is under way.
class Lane {
  public:
    // Starts on rows [begin, end); what the lane had is finished.
    void start(std::size_t begin, std::size_t end, const std::vector<RowsIn>& inputs,
               const Work& work) {
        const c10::cuda::CUDAStreamGuard guard(stream_);
        begin_ = begin;
        end_ = end;
        // The host's copies to pinned memory; the transfers then need it no more.
        pinned_in_.clear();
        std::vector<torch::Tensor> in;
        for (const RowsIn& input : inputs) {
            pinned_in_.push_back(view(rows_of(input, begin, end), input.cols).pin_memory());
            in.push_back(pinned_in_.back().unsqueeze(0).to(torch::kCUDA, /*non_blocking=*/true));
        }
        pinned_out_.clear();
        for (const torch::Tensor& result : work(in)) {
            pinned_out_.push_back(torch::empty(
                result.sizes(), torch::TensorOptions().dtype(torch::kFloat32).pinned_memory(true)));
            pinned_out_.back().copy_(result, /*non_blocking=*/true);
        }
    }

    // Waits, and copies the results.
    void finish(const std::vector<RowsOut>& outputs) {
        if (begin_ == end_) return;
        stream_.synchronize();
        for (std::size_t i = 0; i < outputs.size(); ++i)
            copy_to(pinned_out_[i], rows_of(outputs[i], begin_, end_));
        begin_ = end_;
    }

  private:
    c10::cuda::CUDAStream stream_ = c10::cuda::getStreamFromPool();
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::vector<torch::Tensor> pinned_in_;
    std::vector<torch::Tensor> pinned_out_;
};

void on_gpu(std::size_t rows, const std::vector<RowsIn>& inputs,
            const std::vector<RowsOut>& outputs, const Work& work) {
    const torch::NoGradGuard no_grad;
    const auto block = static_cast<std::size_t>(rows_per_chunk(torch::kCUDA));
    // The weights are there before another stream reads them.
    c10::cuda::getCurrentCUDAStream().synchronize();
    std::array<Lane, 2> lanes;
    std::size_t next = 0;
    for (std::size_t begin = 0; begin < rows; begin += block) {
        check_interrupt();
        Lane& lane = lanes[next++ % lanes.size()];
        lane.finish(outputs);
        lane.start(begin, std::min(begin + block, rows), inputs, work);
    }
    for (Lane& lane : lanes) lane.finish(outputs);
}

#endif

}  // namespace

void in_blocks(torch::Device device, int threads, const std::vector<RowsIn>& inputs,
               const std::vector<RowsOut>& outputs, const Work& work) {
    expects(!inputs.empty(), "there are columns");
    const std::size_t rows =
        inputs.front().values.size() / static_cast<std::size_t>(inputs.front().cols);
#ifdef LACATHODE_TORCH_CUDA
    if (device.is_cuda()) return on_gpu(rows, inputs, outputs, work);
#endif
    expects(device.is_cpu(), "a device of this build");
    on_cpu(threads, rows, inputs, outputs, work);
}

}  // namespace lacathode::torch_backend
