#include "lacathode/stages/encode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/support/settings.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool is_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

}  // namespace

Section Encode::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<std::string> Encode::problems(const Config& config) {
    Config c = config;
    return range_problems(section(c));
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
        const bool mapped = transformed.mapped[row] != 0 &&
                            is_finite(result.latent.features.row(row)) &&
                            std::isfinite(result.log_prob[row]);
        result.latent.mapped[row] = mapped ? 1 : 0;
        if (mapped) continue;
        std::ranges::fill(result.latent.features.row(row), static_cast<float>(nan));
        result.log_prob[row] = nan;
    }
    return result;
}

void Encode::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const FlowModel model = read_flow(paths.flow, 1);
    const EventReader reader(paths.events, EventKind::events);
    require_same_columns(model, reader.header(), paths.flow, paths.events);
    const auto flow = load_density(model, 0, execution);
    EventHeader header = reader.header();
    header.features = latent_columns(header.features.size());
    header.has_mapped = true;
    header.flow_hash = model.hash;
    header.method.reset();
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::latent, header, job.overwrite());
    std::int64_t not_mapped = 0;
    Progress progress("encode", reader.rows());
    for (std::size_t first = 0; first < reader.rows(); first += config.block_rows) {
        check_interrupt();
        const Encoded encoded = compute(model, *flow, reader.read(first, config.block_rows));
        not_mapped += std::ranges::count(encoded.latent.mapped, 0);
        writer.append(encoded.latent, encoded.log_prob);
        progress.update(first + encoded.latent.size());
    }
    const Counts counts = {{"events", static_cast<std::int64_t>(reader.rows())},
                           {"not_mapped", not_mapped}};
    if (not_mapped > 0) {
        log_warning(concat(not_mapped, " of ", reader.rows(),
                           " events are not mapped (outside the box of the transform, or z not "
                           "finite); they are marked in ",
                           paths.output, " and never selected"));
    }
    writer.set_counts(counts);
    job.made_from(reader.record("events"));
    job.made_from({"flow", paths.flow, model.hash});
    job.report(counts);
    job.commit(writer);
}

}  // namespace lacathode
