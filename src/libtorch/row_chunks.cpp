#include "libtorch/row_chunks.hpp"

#include <vector>

#include "lacathode/core/errors.hpp"
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
    expects(!sums.empty(), "there are rows");
    each([&](const RowChunk& chunk) {
        sums[static_cast<std::size_t>(chunk.first / rows_of_chunk_)] = f(chunk);
    });
    // One by one: what lies behind a replica's events adds exact zeros.
    torch::Tensor sum = sums.front();
    for (std::size_t i = 1; i < sums.size(); ++i) sum = sum + sums[i];
    return sum;
}

}  // namespace lacathode::torch_backend
