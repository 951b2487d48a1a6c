#include "lacathode/stages/events/flow_and_events.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/training_guard.hpp"

namespace lacathode {

void require_flow_of_background(Region trained_in, const std::string& path) {
    if (trained_in == Region::sideband) return;
    throw InputError(concat(path,
                            ": the flow was trained in the signal region (train_flow.region), "
                            "signal included, and is no model of the background: only "
                            "lacathode-density-ratio takes events that were encoded with it, as "
                            "--inner; use a flow of the sidebands"));
}

FlowAndEvents::FlowAndEvents(const std::string& flow, const std::string& events_path,
                             std::size_t checkpoints, AcceptedFlows accepted)
    : flow_path(flow), model(read_flow(flow, checkpoints)), events(events_path, EventKind::events) {
    if (accepted == AcceptedFlows::of_background)
        require_flow_of_background(model.region, flow_path);
    require_unmoved(events);
    require_same_columns(model, events.header(), flow_path, events_path);
    require_valid_partitions({flow_path, model.trained_on}, events);
}

void FlowAndEvents::record(Job& job) const {
    job.made_from(events.record("events"));
    job.made_from({"flow", flow_path, model.hash});
}

}  // namespace lacathode
