#include "lacathode/stages/encode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/progress.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Further out, -log N(z; 0, 1) alone exceeds what the training counts as a loss. NaN is not.
bool is_credible(std::span<const float> z) {
    return std::ranges::all_of(
        z, [](float value) { return std::abs(static_cast<double>(value)) <= far_outlier; });
}

}  // namespace

Section Encode::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Argument> Encode::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"flow", ArgumentKind::input, "Flow file (from lacathode-train-flow).", &paths.flow},
            {"output", ArgumentKind::output, "Latent file to write.", &paths.output}};
}

Encoded Encode::compute(const FlowModel& model, const ConditionalDensity& flow,
                        const EventTable& events) {
    FeatureTransform::Forward transformed = model.transform.forward(events.features);
    // Rows outside the box run through the flow at y = 0, so that blocks stay whole; their result
    // is discarded.
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (transformed.mapped[row] == 0) std::ranges::fill(transformed.y.row(row), 0.0F);
    }
    const FlowForward forward = flow.forward(transformed.y, masses_as_float(events));
    const std::vector<double> log_prob_y = log_prob(forward);
    Encoded result;
    result.latent = events;
    result.latent.feature_columns = latent_columns(events.features.cols());
    result.latent.features = forward.z;
    result.latent.mapped = transformed.mapped;
    result.log_prob.resize(events.size());
    for (std::size_t row = 0; row < events.size(); ++row) {
        result.log_prob[row] = log_prob_y[row] + transformed.log_jacobian[row];
        const bool inside = transformed.mapped[row] != 0;
        const bool mapped = inside && is_credible(result.latent.features.row(row)) &&
                            std::isfinite(result.log_prob[row]);
        result.latent.mapped[row] = mapped ? 1 : 0;
        if (mapped) continue;
        ++(inside ? result.absurd_z : result.outside_box);
        std::ranges::fill(result.latent.features.row(row), static_cast<float>(nan));
        result.log_prob[row] = nan;
    }
    return result;
}

void Encode::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const FlowAndEvents inputs(paths.flow, paths.events, 1, AcceptedFlows::any);
    const FlowModel& model = inputs.model;
    const EventReader& reader = inputs.events;
    const auto flow = load_density(model, 0, execution);
    EventHeader header = reader.header();
    header.features = latent_columns(header.features.size());
    header.has_mapped = true;
    header.flow_hash = model.hash;
    header.flow_region = model.region;
    header.method.reset();
    header.box.reset();
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::latent, header, job.overwrite());
    MappingReport mapping(model.signal_region, model.region);
    std::int64_t outside_box = 0;
    std::int64_t absurd_z = 0;
    Progress progress("encode", reader.rows());
    for (const EventTable& events : reader.blocks(config.block_rows)) {
        const Encoded encoded = compute(model, *flow, events);
        mapping.add(encoded.latent);
        outside_box += encoded.outside_box;
        absurd_z += encoded.absurd_z;
        writer.append(encoded.latent, encoded.log_prob);
        progress.add(events.size());
    }
    mapping.log(paths.output);
    const Counts reasons = {{"outside_box", outside_box}, {"absurd_z", absurd_z}};
    Counts counts = mapping.counts();
    counts.insert(counts.end(), reasons.begin(), reasons.end());
    writer.set_counts(std::move(counts));
    job.goes_back_to(reader.provenance().origins);
    job.computed_on(execution);
    inputs.record(job);
    mapping.report(job);
    job.report(reasons);
    job.commit(writer);
}

}  // namespace lacathode
