// A trained flow as a file: lacathode.flow (docs/formats.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/backends/execution.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/flow_training.hpp"
#include "lacathode/preprocess/feature_transform.hpp"

namespace lacathode {

/// The flow, the constants of its preprocessing, and what it was trained on.
struct FlowModel {
    TrainedFlow flow;
    FeatureTransform transform;
    Column mass;
    std::vector<Column> features;
    MassWindow signal_region;
    Counts counts;
    std::string hash;  ///< content hash of the file; empty before it is written
};

std::string write_flow(const std::string& path, const FlowModel& model,
                       const Provenance& provenance, Overwrite overwrite);
/// Throws InputError naming the file for anything that is missing, misshapen or impossible.
FlowModel read_flow(const std::string& path);

/// An estimator that holds the state of rank `rank` (0: best). Throws UsageError if it was not
/// kept.
std::unique_ptr<DensityEstimator> load_estimator(const FlowModel& model, std::size_t rank,
                                                 const Execution& execution);

/// Throws InputError, naming both files, unless mass, features and signal region are those the flow
/// was trained on.
void require_same_columns(const FlowModel& model, const EventHeader& events,
                          const std::string& flow_path, const std::string& events_path);

}  // namespace lacathode
