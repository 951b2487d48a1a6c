#include "lacathode/stages/transport.hpp"

#include <algorithm>
#include <limits>

#include "lacathode/core/progress.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

Section Transport::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Argument> Transport::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"flow", ArgumentKind::input, "Flow file (from lacathode-train-flow).", &paths.flow},
            {"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

EventTable Transport::compute(const FlowModel& model, const ConditionalDensity& flow,
                              const EventTable& events) {
    EventTable moved = Encode::compute(model, flow, events).latent;
    // Rows without a z run through the flow at z = 0, so that blocks stay whole.
    for (std::size_t row = 0; row < moved.size(); ++row) {
        if (!moved.is_mapped(row)) std::ranges::fill(moved.features.row(row), 0.0F);
    }
    const std::vector<float> mass(moved.size(),
                                  static_cast<float>(reference_mass(model.signal_region)));
    moved.features = model.transform.inverse(flow.inverse(moved.features, mass).y).x;
    moved.feature_columns = events.feature_columns;
    for (std::size_t row = 0; row < moved.size(); ++row) {
        const auto x = moved.features.row(row);
        if (moved.is_mapped(row) && all_finite(x)) continue;
        moved.mapped[row] = 0;
        std::ranges::fill(x, std::numeric_limits<float>::quiet_NaN());
    }
    return moved;
}

void Transport::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const FlowAndEvents inputs(paths.flow, paths.events);
    const FlowModel& model = inputs.model;
    const EventReader& reader = inputs.events;
    const auto flow = load_density(model, 0, execution);
    EventHeader header = reader.header();
    header.has_mapped = true;
    header.flow_hash = model.hash;
    header.method.reset();
    header.box.reset();
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    MappingReport mapping(model.signal_region);
    Progress progress("transport", reader.rows());
    for (const EventTable& events : reader.blocks(config.block_rows)) {
        const EventTable moved = compute(model, *flow, events);
        mapping.add(moved);
        writer.append(moved);
        progress.add(events.size());
    }
    mapping.log(paths.output);
    writer.set_counts(mapping.counts());
    job.goes_back_to(reader.provenance().origins);
    job.computed_on(execution);
    inputs.record(job);
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
