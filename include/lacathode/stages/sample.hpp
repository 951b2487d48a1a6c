// Stage sample: background events for the classifier, drawn from the interpolated flow.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/stages/context.hpp"
#include "lacathode/stages/flow_file.hpp"
#include "lacathode/stats/kernel_density.hpp"

namespace lacathode {

/// Generated background in both spaces: the same events. Rows without a finite x or log p are
/// marked as not mapped, NaN in all three.
struct BackgroundSample {
    EventTable features;           ///< x = f^-1(z; m)
    EventTable latent;             ///< z ~ N(0, 1)^D
    std::vector<double> log_prob;  ///< [N] log p(x|m)
};

/// Draws m from a density and z from N(0, 1)^D, and maps z back to x (METHOD, section 4), a block
/// of rows at a time. The first config.training rows are Partition::training, the others
/// validation. The flow states share the rows equally, in random order.
class BackgroundSampler {
  public:
    /// `model` and `mass_density` must outlive the sampler. Throws UsageError if the model keeps
    /// fewer states than config.states.
    BackgroundSampler(const SampleConfig& config, const FlowModel& model,
                      const MassDensity& mass_density, const Execution& execution,
                      const RandomStream& stream);

    [[nodiscard]] std::size_t rows() const noexcept { return training_ + validation_; }
    [[nodiscard]] bool done() const noexcept { return first_row_ == rows(); }
    /// The next rows, at most 2^16. Only while not done().
    BackgroundSample next();

  private:
    [[nodiscard]] BackgroundSample draw(std::size_t rows);
    void map_back(BackgroundSample& sample);
    std::vector<std::size_t> next_states(std::size_t rows);

    const FlowModel& model_;
    const MassDensity& mass_density_;
    std::size_t training_;
    std::size_t validation_;
    int threads_;
    std::vector<std::unique_ptr<DensityEstimator>> flows_;  ///< [states]
    std::vector<std::size_t> rows_left_;                    ///< [states]
    RandomStream mass_stream_;
    RandomStream latent_stream_;
    RandomStream state_stream_;
    std::size_t first_row_ = 0;
};

/// All rows of a BackgroundSampler at once.
BackgroundSample sample_background(const SampleConfig& config, const FlowModel& model,
                                   const MassDensity& mass_density, const Execution& execution,
                                   const RandomStream& stream);

struct SamplePaths {
    std::string events;  ///< its signal-region training masses give the density of m
    std::string flow;
    std::string output;
};
/// Method::cathode writes physical features (an events file), Method::lacathode latent ones (a
/// latent file).
Summary run_sample(Method method, const SampleConfig& config, const StageContext& context,
                   const SamplePaths& paths);

}  // namespace lacathode
