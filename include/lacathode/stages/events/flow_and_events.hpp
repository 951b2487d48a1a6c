// A flow, and events that it is asked about.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/frame/job.hpp"

namespace lacathode {

/// Throws InputError if the flow of that file was trained in the signal region: it is ANODE's model
/// of the data, signal included, and none of the background.
void require_flow_of_background(Region trained_in, const std::string& path);

/// The flows that a stage takes.
enum class AcceptedFlows { of_background, any };

struct FlowAndEvents {
    /// Reads the flow with at most `checkpoints` of them, and opens the events. Throws InputError
    /// if the flow is not accepted (require_flow_of_background), if their columns differ
    /// (require_same_columns), or if test events may have trained the flow
    /// (require_valid_partitions).
    FlowAndEvents(const std::string& flow, const std::string& events_path,
                  std::size_t checkpoints = 1,
                  AcceptedFlows accepted = AcceptedFlows::of_background);

    /// The job's output is made of both.
    void record(Job& job) const;

    std::string flow_path;
    FlowModel model;
    EventReader events;
};

}  // namespace lacathode
