// A block of CUDA's threads, as threads of a CPU: runs the kernels' source where there is no GPU.
#pragma once

#include <barrier>
#include <thread>
#include <vector>

namespace lacathode::test {

class BlockOnCpu {
  public:
    BlockOnCpu(int thread, std::barrier<>& barrier, float* shared)
        : thread_(thread), barrier_(&barrier), shared_(shared) {}
    [[nodiscard]] int thread() const { return thread_; }
    void sync() const { barrier_->arrive_and_wait(); }
    [[nodiscard]] float* shared() const { return shared_; }

  private:
    int thread_;
    std::barrier<>* barrier_;
    float* shared_;
};

/// Calls work(block) on each of `count` threads, which wait for each other in sync() and have the
/// memory `shared`.
template <class Work>
void run_block(int count, float* shared, const Work& work) {
    std::barrier barrier(count);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < count; ++thread)
        threads.emplace_back([&, thread] { work(BlockOnCpu(thread, barrier, shared)); });
}

}  // namespace lacathode::test
