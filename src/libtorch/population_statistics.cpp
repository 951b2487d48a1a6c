#include "libtorch/population_statistics.hpp"

#include <functional>

#include "lacathode/core/interrupt.hpp"
#include "libtorch/flow_kernels.hpp"
#include "libtorch/row_chunks.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

// All events of every replica, cut into chunks that are worked on in place.
class Chunks {
  public:
    Chunks(const FlowEvents& events, std::size_t replicas, int threads)
        : x_(for_each_replica(events.x, replicas)),
          mass_(events.mass),
          kept_(for_each_replica(events.valid, replicas)),
          chunks_(x_.size(1), replicas, x_.device(), threads) {}

    /// Calls work(x, mass) for views of every chunk.
    void each(const std::function<void(torch::Tensor, torch::Tensor)>& work) const {
        chunks_.each([&](const RowChunk& chunk) { work(chunk.of(x_), chunk.of(mass_)); });
    }

    /// All of them, to be worked on in place: x [R, N, D] and mass [S, N, 1].
    [[nodiscard]] const torch::Tensor& x() const { return x_; }
    [[nodiscard]] const torch::Tensor& mass() const { return mass_; }

    /// The mean of f(x) over the events that are kept, any [R, rows, D] tensor; float64 [R, 1, D].
    [[nodiscard]] torch::Tensor mean(
        const std::function<torch::Tensor(const torch::Tensor&)>& f) const {
        const torch::Tensor sum = chunks_.sum([&](const RowChunk& chunk) {
            const torch::Tensor values = f(chunk.of(x_).to(torch::kFloat64));
            return torch::where(chunk.of(kept_), values, torch::zeros_like(values))
                .sum(1, /*keepdim=*/true);
        });
        return sum / kept_.sum(1, /*keepdim=*/true).to(torch::kFloat64);
    }

    /// Keeps only those of the kept events for which `keep(x)` [R, rows, 1] holds; their numbers.
    std::vector<std::int64_t> keep_where(
        const std::function<torch::Tensor(const torch::Tensor&)>& keep) {
        chunks_.each([&](const RowChunk& chunk) {
            chunk.of(kept_).logical_and_(keep(chunk.of(x_).to(torch::kFloat64)));
        });
        return count_kept();
    }
    [[nodiscard]] std::vector<std::int64_t> count_kept() const {
        return integers(kept_.sum({1, 2}));
    }

  private:
    [[nodiscard]] static torch::Tensor for_each_replica(const torch::Tensor& values,
                                                        std::size_t replicas) {
        return values.expand({static_cast<std::int64_t>(replicas), -1, -1})
            .clone(torch::MemoryFormat::Contiguous);
    }

    torch::Tensor x_;     // [R, N, D]
    torch::Tensor mass_;  // [S, N, 1]
    torch::Tensor kept_;  // [R, N, 1]
    RowChunks chunks_;
};

struct Moments {
    torch::Tensor mean, variance;  // float64 [R, 1, D]
};

Moments moments_of_kept(const Chunks& events) {
    const torch::Tensor mean = events.mean([](const torch::Tensor& u) { return u; });
    return {mean, events.mean([&](const torch::Tensor& u) { return (u - mean).square(); })};
}

// Leaves far outliers out, the farthest first: each one found narrows the variance for the next.
Moments robust_moments(Chunks& events) {
    events.keep_where([](const torch::Tensor& u) { return torch::isfinite(u).all(2, true); });
    for (;;) {
        const std::vector<std::int64_t> before = events.count_kept();
        const Moments moments = moments_of_kept(events);
        const torch::Tensor limit = far_outlier * (moments.variance + batch_norm_epsilon).sqrt();
        const std::vector<std::int64_t> after = events.keep_where([&](const torch::Tensor& u) {
            return ((u - moments.mean).abs() <= limit).all(2, true);
        });
        if (after == before) return moments;
    }
}

}  // namespace

std::vector<std::int64_t> set_population_statistics(FlowNetwork& network, const FlowEvents& events,
                                                    int threads) {
    const torch::NoGradGuard no_grad;
    Chunks chunks(events, network.parameters().replicas(), threads);
    std::vector<std::int64_t> left_out = chunks.count_kept();
    const bool by_kernel = has_map_kernel(network);
    for (std::size_t block = 0; block < network.architecture().blocks; ++block) {
        if (by_kernel) {
            check_interrupt();
            next_made_by_kernel(network, block, chunks.x(), chunks.mass());
        } else {
            chunks.each([&](const torch::Tensor& x, const torch::Tensor& mass) {
                x.copy_(network.made(block, x, mass).values);
            });
        }
        const Moments moments = robust_moments(chunks);
        const BatchNormStatistics statistics{
            moments.mean.to(torch::kFloat32),
            (moments.variance + batch_norm_epsilon).to(torch::kFloat32)};
        network.set_statistics(block, statistics);
        if (by_kernel) continue;
        chunks.each([&](const torch::Tensor& u, const torch::Tensor&) {
            u.copy_(network.normalise(block, u, statistics).values);
        });
    }
    const std::vector<std::int64_t> kept = chunks.count_kept();
    for (std::size_t i = 0; i < kept.size(); ++i) left_out[i] -= kept[i];
    return left_out;
}

}  // namespace lacathode::torch_backend
