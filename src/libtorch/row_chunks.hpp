// The rows of events, cut into chunks that are worked on one after the other or side by side.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace lacathode::torch_backend {

/// Rows first ... first + count - 1.
struct RowChunk {
    std::int64_t first;
    std::int64_t count;
    /// Those rows of a table [S, N, cols], as a view.
    [[nodiscard]] torch::Tensor of(const torch::Tensor& table) const {
        return table.narrow(1, first, count);
    }
};

class RowChunks {
  public:
    /// Of N rows, which each of the replicas has.
    RowChunks(std::int64_t rows, std::size_t replicas, torch::Device device, int threads);

    /// Calls work(chunk) for each, without gradients.
    void each(const std::function<void(const RowChunk&)>& work) const;
    /// The sum of f(chunk), added one by one in the order of the rows, whatever the number of
    /// threads.
    [[nodiscard]] torch::Tensor sum(const std::function<torch::Tensor(const RowChunk&)>& f) const;

  private:
    std::int64_t rows_;
    std::int64_t rows_of_chunk_;
    int threads_;
};

}  // namespace lacathode::torch_backend
