#include "libtorch/population_statistics.hpp"

#include <functional>

#include "lacathode/core/parallel.hpp"
#include "libtorch/device.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::detail {
namespace {

// All events, cut into chunks that are worked on in place.
class Chunks {
  public:
    Chunks(const FlowData& data, torch::Device device, int threads)
        : x_(view(data.y).to(device, /*non_blocking=*/false, /*copy=*/true)),
          mass_(view(data.mass, 1).to(device)),
          rows_per_chunk_(static_cast<std::size_t>(rows_per_chunk(device))),
          threads_(threads) {}

    /// Calls work(chunk number, x, mass) for views of every chunk.
    void each(const std::function<void(std::size_t, torch::Tensor, torch::Tensor)>& work) const {
        parallel_blocks(rows(), rows_per_chunk_, threads_, [&](std::size_t begin, std::size_t end) {
            const torch::NoGradGuard no_grad;
            const auto first = static_cast<std::int64_t>(begin);
            const auto count = static_cast<std::int64_t>(end - begin);
            work(begin / rows_per_chunk_, x_.narrow(0, first, count),
                 mass_.narrow(0, first, count));
        });
    }

    /// The mean over all events of f(x), any [rows, D] tensor; float64 [D].
    [[nodiscard]] torch::Tensor mean(
        const std::function<torch::Tensor(const torch::Tensor&)>& f) const {
        std::vector<torch::Tensor> sums((rows() + rows_per_chunk_ - 1) / rows_per_chunk_);
        each([&](std::size_t chunk, const torch::Tensor& x, const torch::Tensor&) {
            sums[chunk] = f(x.to(torch::kFloat64)).sum(0);
        });
        return torch::stack(sums).sum(0) / static_cast<double>(rows());
    }

  private:
    [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(x_.size(0)); }

    torch::Tensor x_;
    torch::Tensor mass_;
    std::size_t rows_per_chunk_;
    int threads_;
};

}  // namespace

void set_population_statistics(FlowNetwork& network, const FlowData& data, torch::Device device,
                               int threads) {
    const torch::NoGradGuard no_grad;
    const Chunks events(data, device, threads);
    for (std::size_t block = 0; block < network.architecture().blocks; ++block) {
        events.each([&](std::size_t, const torch::Tensor& x, const torch::Tensor& mass) {
            x.copy_(network.made(block, x, mass).values);
        });
        const torch::Tensor mean = events.mean([](const torch::Tensor& u) { return u; });
        const torch::Tensor variance =
            events.mean([&](const torch::Tensor& u) { return (u - mean).square(); });
        const BatchNormStatistics statistics{mean.to(torch::kFloat32),
                                             (variance + batch_norm_epsilon).to(torch::kFloat32)};
        network.set_statistics(block, statistics);
        events.each([&](std::size_t, const torch::Tensor& u, const torch::Tensor&) {
            u.copy_(network.normalise(block, u, statistics).values);
        });
    }
}

}  // namespace lacathode::detail
