#include "lacathode/stages/events/flow_and_events.hpp"

#include "lacathode/stages/events/training_guard.hpp"

namespace lacathode {

FlowAndEvents::FlowAndEvents(const std::string& flow, const std::string& events_path,
                             std::size_t checkpoints)
    : flow_path(flow), model(read_flow(flow, checkpoints)), events(events_path, EventKind::events) {
    require_same_columns(model, events.header(), flow_path, events_path);
    require_valid_partitions({flow_path, model.trained_on}, events);
}

void FlowAndEvents::record(Job& job) const {
    job.made_from(events.record("events"));
    job.made_from({"flow", flow_path, model.hash});
}

}  // namespace lacathode
