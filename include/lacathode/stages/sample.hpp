// Stage sample: background events for the classifier, drawn from the interpolated flow.
#pragma once

#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/stages/context.hpp"
#include "lacathode/stages/flow_file.hpp"
#include "lacathode/stats/kernel_density.hpp"

namespace lacathode {

/// Generated background in both spaces: the same events. Rows without a finite x or log p are
/// marked as not mapped, NaN in all three; `mapped` is empty if there are none.
struct BackgroundSample {
    EventTable features;           ///< x = f^-1(z; m)
    EventTable latent;             ///< z ~ N(0, 1)^D
    std::vector<double> log_prob;  ///< [N] log p(x|m)
};

/// Draws m from `mass_density` and z from N(0, 1)^D, and maps z back to x (METHOD, section 4). The
/// first config.training rows (after a shuffle over flow states) are Partition::training, the
/// others validation.
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
