// A flow, and events that it is asked about.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/frame/job.hpp"

namespace lacathode {

struct FlowAndEvents {
    /// Reads the flow with at most `checkpoints` of them, and opens the events. Throws InputError
    /// if their columns differ (require_same_columns), or if test events may have trained the flow
    /// (require_valid_partitions).
    FlowAndEvents(const std::string& flow, const std::string& events_path,
                  std::size_t checkpoints = 1);

    /// The job's output is made of both.
    void record(Job& job) const;

    std::string flow_path;
    FlowModel model;
    EventReader events;
};

}  // namespace lacathode
