#include "libtorch/population_statistics.hpp"

#include <functional>

#include "lacathode/core/parallel.hpp"
#include "libtorch/device.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

// All events, cut into chunks that are worked on in place.
class Chunks {
  public:
    Chunks(const FlowData& data, torch::Device device, int threads)
        : x_(view(data.y).to(device, /*non_blocking=*/false, /*copy=*/true)),
          mass_(view(data.mass, 1).to(device)),
          kept_(torch::ones({x_.size(0), 1}, x_.options().dtype(torch::kBool))),
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

    /// The mean of f(x) over the events that are kept, any [rows, D] tensor; float64 [D].
    [[nodiscard]] torch::Tensor mean(
        const std::function<torch::Tensor(const torch::Tensor&)>& f) const {
        std::vector<torch::Tensor> sums((rows() + rows_per_chunk_ - 1) / rows_per_chunk_);
        each([&](std::size_t chunk, const torch::Tensor& x, const torch::Tensor&) {
            const torch::Tensor values = f(x.to(torch::kFloat64));
            sums[chunk] =
                torch::where(kept(chunk, x.size(0)), values, torch::zeros_like(values)).sum(0);
        });
        return torch::stack(sums).sum(0) / static_cast<double>(count_kept());
    }

    /// Keeps only those of the kept events for which `keep(x)` [rows, 1] holds; their number.
    std::size_t keep_where(const std::function<torch::Tensor(const torch::Tensor&)>& keep) {
        each([&](std::size_t chunk, const torch::Tensor& x, const torch::Tensor&) {
            kept(chunk, x.size(0)).logical_and_(keep(x.to(torch::kFloat64)));
        });
        return count_kept();
    }
    [[nodiscard]] std::size_t count_kept() const {
        return static_cast<std::size_t>(kept_.sum().item<std::int64_t>());
    }
    [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(x_.size(0)); }

  private:
    [[nodiscard]] torch::Tensor kept(std::size_t chunk, std::int64_t count) const {
        return kept_.narrow(0, static_cast<std::int64_t>(chunk * rows_per_chunk_), count);
    }

    torch::Tensor x_;
    torch::Tensor mass_;
    torch::Tensor kept_;  // [N, 1]
    std::size_t rows_per_chunk_;
    int threads_;
};

struct Moments {
    torch::Tensor mean, variance;  // float64 [D]
};

Moments moments_of_kept(const Chunks& events) {
    const torch::Tensor mean = events.mean([](const torch::Tensor& u) { return u; });
    return {mean, events.mean([&](const torch::Tensor& u) { return (u - mean).square(); })};
}

// Leaves far outliers out, the farthest first: each one found narrows the variance for the next.
Moments robust_moments(Chunks& events) {
    events.keep_where([](const torch::Tensor& u) { return torch::isfinite(u).all(1, true); });
    for (;;) {
        const std::size_t before = events.count_kept();
        const Moments moments = moments_of_kept(events);
        const torch::Tensor limit = far_outlier * (moments.variance + batch_norm_epsilon).sqrt();
        const std::size_t after = events.keep_where([&](const torch::Tensor& u) {
            return ((u - moments.mean).abs() <= limit).all(1, true);
        });
        if (after == before) return moments;
    }
}

}  // namespace

std::size_t set_population_statistics(FlowNetwork& network, const FlowData& data,
                                      torch::Device device, int threads) {
    const torch::NoGradGuard no_grad;
    Chunks events(data, device, threads);
    for (std::size_t block = 0; block < network.architecture().blocks; ++block) {
        events.each([&](std::size_t, const torch::Tensor& x, const torch::Tensor& mass) {
            x.copy_(network.made(block, x, mass).values);
        });
        const Moments moments = robust_moments(events);
        const BatchNormStatistics statistics{
            moments.mean.to(torch::kFloat32),
            (moments.variance + batch_norm_epsilon).to(torch::kFloat32)};
        network.set_statistics(block, statistics);
        events.each([&](std::size_t, const torch::Tensor& u, const torch::Tensor&) {
            u.copy_(network.normalise(block, u, statistics).values);
        });
    }
    return events.rows() - events.count_kept();
}

}  // namespace lacathode::torch_backend
