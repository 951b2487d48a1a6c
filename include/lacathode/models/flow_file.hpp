// A trained flow as a file: lacathode.flow (docs/formats.md).
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "lacathode/models/execution.hpp"
#include "lacathode/preprocess/feature_transform.hpp"

namespace lacathode {

/// The flow, the constants of its preprocessing, and what it was trained on.
struct FlowModel {
    TrainedMaf flow;
    FeatureTransform transform;
    Column mass;
    std::vector<Column> features;
    MassWindow signal_region;
    Region region = Region::sideband;  ///< whose events trained it
    EventOrigins trained_on = {};      ///< from the provenance
    Counts counts;
    std::string hash;  ///< content hash of the file; empty before it is written
};

/// Everything but the provenance, which comes with OutputFile::commit.
void write_flow(OutputFile& file, const FlowModel& model);
/// At most `checkpoints` of them, the best first: each takes a while to read. Throws InputError
/// naming the file for anything that is missing, misshapen or impossible.
FlowModel read_flow(const std::string& path,
                    std::size_t checkpoints = std::numeric_limits<std::size_t>::max());

/// The density as the checkpoint of rank `rank` (0: best) gives it. Throws UsageError if it was not
/// kept.
std::unique_ptr<ConditionalDensity> load_density(const FlowModel& model, std::size_t rank,
                                                 const Execution& execution);

/// Throws InputError, naming both files, unless mass, features and signal region are those the flow
/// was trained on.
void require_same_columns(const FlowModel& model, const EventHeader& events,
                          const std::string& flow_path, const std::string& events_path);

}  // namespace lacathode
