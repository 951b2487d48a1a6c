// Stage encode: events to the flow's latent space.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/stages/context.hpp"
#include "lacathode/stages/flow_file.hpp"

namespace lacathode {

struct Encoded {
    EventTable
        latent;  ///< features z0 ...; mapped = 0 and NaN outside the box or where z is not finite
    std::vector<double> log_prob;  ///< [N] log p(x|m), Jacobians of preprocessing and flow
                                   ///< included; NaN if not mapped
};

/// z = f(x; m) of every row, with the estimator of the best epoch (eq. 2 of the LaCATHODE paper).
Encoded encode_events(const FlowModel& model, const DensityEstimator& flow,
                      const EventTable& events);

/// Columns z0 ... z{D-1}.
std::vector<Column> latent_columns(std::size_t features);

struct EncodePaths {
    std::string events;
    std::string flow;
    std::string output;
};
/// Streams blocks of rows: memory does not grow with the file.
Summary run_encode(const EncodeConfig& config, const StageContext& context,
                   const EncodePaths& paths);

}  // namespace lacathode
