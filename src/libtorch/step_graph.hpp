// A training step that is repeated, on a GPU as a CUDA graph.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>

namespace lacathode::torch_backend {

/// On a GPU the first steps run as they are, the next one is recorded, and the record is launched
/// in its place and for all that follow: one launch instead of a thousand. What the step reads and
/// writes lies at the same place every time. LACATHODE_CUDA_GRAPHS=off in the environment leaves
/// all as it is; so does a CPU, or a build whose LibTorch has no CUDA.
class StepGraph {
  public:
    explicit StepGraph(torch::Device device);
    ~StepGraph();

    void run(const std::function<void()>& step);

  private:
    struct Record;
    std::unique_ptr<Record> record_;  // null: steps run as they are
};

}  // namespace lacathode::torch_backend
