// Background events drawn from the interpolated flow.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/models/flow_file.hpp"

namespace lacathode {

/// Generated background in both spaces: the same events. Rows without a finite x or log p are
/// marked as not mapped, NaN in all three.
struct BackgroundSample {
    EventTable features;           ///< x = f^-1(z; m)
    EventTable latent;             ///< z ~ N(0, 1)^D
    std::vector<double> log_prob;  ///< [N] log p(x|m)
};

struct SampleSize {
    std::size_t training = 200'000;   ///< Partition::training
    std::size_t validation = 67'000;  ///< Partition::validation
};

/// Latent coordinates of events, from which background takes its z instead of drawing it.
struct LatentPool {
    Matrix<float> training;    ///< [N, D] for Partition::training
    Matrix<float> validation;  ///< [N', D] for Partition::validation
};

/// What the rows of a background are drawn from.
struct BackgroundSource {
    /// z of the row; none: drawn from N(0, 1)^D. Rows of the pool come in random order, all of them
    /// before any comes again.
    std::optional<LatentPool> pool = {};
    /// m at which z is mapped back; none: drawn from the density of m.
    std::optional<double> fixed_mass = {};
};

/// So many masses, from a random stream of their own.
using MassDraws = std::function<std::vector<double>(std::size_t count, const RandomStream& stream)>;

/// Draws m and z, and maps z back to x (docs/method.md, sections 4 and 7), a block of rows at a
/// time. The first size.training rows are Partition::training, the others validation. The flow's
/// `checkpoints` best checkpoints share the rows equally, in random order.
class BackgroundSampler {
  public:
    /// `model` must outlive the sampler. Throws UsageError if it keeps fewer checkpoints.
    BackgroundSampler(const SampleSize& size, std::size_t checkpoints, BackgroundSource source,
                      const FlowModel& model, MassDraws masses, const Execution& execution,
                      const RandomStream& stream);

    [[nodiscard]] std::size_t rows() const noexcept { return size_.training + size_.validation; }
    [[nodiscard]] bool done() const noexcept { return first_row_ == rows(); }
    /// The next rows, at most 2^16. Only while not done().
    BackgroundSample next();

  private:
    [[nodiscard]] BackgroundSample draw(std::size_t rows);
    /// The row where the event of the pool that stands in this one stands first.
    [[nodiscard]] std::size_t first_with_event_of(std::size_t row) const;
    [[nodiscard]] std::span<const float> pooled(std::size_t row) const;
    void map_back(BackgroundSample& sample);
    std::vector<std::size_t> next_checkpoints(std::size_t rows);

    SampleSize size_;
    BackgroundSource source_;
    std::vector<std::size_t> training_order_;    ///< of the pool's rows
    std::vector<std::size_t> validation_order_;  ///< the same
    const FlowModel& model_;
    MassDraws masses_;
    int threads_;
    std::vector<std::unique_ptr<ConditionalDensity>> flows_;  ///< [checkpoints]
    std::vector<std::size_t> rows_left_;                      ///< [checkpoints]
    RandomStream mass_stream_;
    RandomStream latent_stream_;
    RandomStream checkpoint_stream_;
    std::size_t first_row_ = 0;
};

}  // namespace lacathode
