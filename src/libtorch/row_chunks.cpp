#include "libtorch/row_chunks.hpp"

#include <vector>

#include "lacathode/core/parallel.hpp"
#include "libtorch/device.hpp"

namespace lacathode::torch_backend {

RowChunks::RowChunks(std::int64_t rows, std::size_t replicas, torch::Device device, int threads)
    : rows_(rows), rows_of_chunk_(rows_per_chunk(device, replicas)), threads_(threads) {}

void RowChunks::each(const std::function<void(const RowChunk&)>& work) const {
    parallel_blocks(static_cast<std::size_t>(rows_), static_cast<std::size_t>(rows_of_chunk_),
                    threads_, [&](std::size_t begin, std::size_t end) {
                        const torch::NoGradGuard no_grad;
                        work({.first = static_cast<std::int64_t>(begin),
                              .count = static_cast<std::int64_t>(end - begin)});
                    });
}

torch::Tensor RowChunks::sum(const std::function<torch::Tensor(const RowChunk&)>& f) const {
    std::vector<torch::Tensor> sums(
        static_cast<std::size_t>((rows_ + rows_of_chunk_ - 1) / rows_of_chunk_));
    each([&](const RowChunk& chunk) {
        sums[static_cast<std::size_t>(chunk.first / rows_of_chunk_)] = f(chunk);
    });
    return torch::stack(sums).sum(0);
}

}  // namespace lacathode::torch_backend
