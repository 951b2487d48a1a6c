#include "lacathode/stages/density_ratio.hpp"

#include <algorithm>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

void require_fitting(const EventReader& inner, const EventReader& outer) {
    const EventHeader& a = inner.header();
    const EventHeader& b = outer.header();
    if (a.flow_region != Region::signal_region) {
        throw InputError(concat(
            inner.path(),
            ": the flow was trained in the sidebands, but --inner takes events that were encoded "
            "with one of the signal region (train_flow.region = signal_region) and --outer those "
            "of the sidebands' flow; one of an earlier version, which did not record where, has to "
            "be trained again"));
    }
    require_flow_of_background(b.flow_region, outer.path());
    if (a.rows != b.rows || a.signal_region != b.signal_region || a.mass != b.mass) {
        throw InputError(concat(inner.path(), " and ", outer.path(),
                                " hold different events: encode the same events file with both "
                                "flows"));
    }
}

}  // namespace

Section DensityRatio::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Argument> DensityRatio::arguments(Paths& paths) {
    return {
        {"inner", ArgumentKind::input, "Latent file of the flow of the signal region.",
         &paths.inner},
        {"outer", ArgumentKind::input, "Latent file of the flow of the sidebands.", &paths.outer},
        {"output", ArgumentKind::output, "Scores file to write.", &paths.output}};
}

EventTable DensityRatio::compute(const EventTable& inner, std::span<const double> inner_log_prob,
                                 const EventTable& outer, std::span<const double> outer_log_prob) {
    EventTable scored = outer;
    scored.feature_columns = {{"score", "1"}};
    scored.features = Matrix<float>(outer.size(), 1);
    scored.mapped.assign(outer.size(), 1);
    for (std::size_t row = 0; row < outer.size(); ++row) {
        float& score = scored.features(row, 0);
        score = static_cast<float>(inner_log_prob[row] - outer_log_prob[row]);
        if (inner.is_mapped(row) && outer.is_mapped(row)) continue;
        scored.mapped[row] = 0;
        score = std::numeric_limits<float>::quiet_NaN();
    }
    return scored;
}

void DensityRatio::run(const Config& config, const Paths& paths, Job& job) {
    const EventReader inner(paths.inner, EventKind::latent);
    const EventReader outer(paths.outer, EventKind::latent);
    require_fitting(inner, outer);
    require_valid_partitions({paths.inner, inner.provenance().origins}, outer);
    EventHeader header = outer.header();
    header.features = {{"score", "1"}};
    header.has_mapped = true;
    header.flow_hash = inner.header().flow_hash;
    header.flow_region = inner.header().flow_region;
    header.method = Method::anode;
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::scores, header, job.overwrite());
    MappingReport mapping(header.signal_region, header.flow_region);
    Progress progress("density ratio", outer.rows());
    for (std::size_t first = 0; first < outer.rows(); first += config.block_rows) {
        check_interrupt();
        const std::size_t rows = std::min(config.block_rows, outer.rows() - first);
        const EventTable a = inner.read(first, rows);
        const EventTable b = outer.read(first, rows);
        if (a.source_row != b.source_row || a.mass != b.mass) {
            throw InputError(concat(paths.inner, " and ", paths.outer,
                                    " hold different events from row ", first,
                                    " on: encode the same events file with both flows"));
        }
        const EventTable scored =
            compute(a, inner.read_log_prob(first, rows), b, outer.read_log_prob(first, rows));
        mapping.add(scored);
        writer.append(scored);
        progress.add(rows);
    }
    writer.set_counts(mapping.counts());
    job.goes_back_to(outer.provenance().origins);
    job.made_from(inner.record("inner"));
    job.made_from(outer.record("outer"));
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
