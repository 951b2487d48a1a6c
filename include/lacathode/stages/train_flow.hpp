// Stage train-flow: the background's density from the sidebands.
#pragma once

#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/stages/context.hpp"
#include "lacathode/stages/flow_file.hpp"

namespace lacathode {

/// Fits preprocessing and flow on the sideband training events and selects on the sideband
/// validation events. Throws InputError if either is empty, NumericalError as train_flow does.
FlowModel compute_flow(const TrainFlowConfig& config, const EventTable& events,
                       const MassWindow& signal_region, const Execution& execution,
                       const RandomStream& stream);

struct TrainFlowPaths {
    std::string events;
    std::string output;
};
Summary run_train_flow(const TrainFlowConfig& config, const StageContext& context,
                       const TrainFlowPaths& paths);

}  // namespace lacathode
