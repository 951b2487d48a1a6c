#include "lacathode/stages/train_flow.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/stages/event_selection.hpp"

namespace lacathode {
namespace {

// The mapped sideband events of one partition as the flow sees them.
struct SidebandData {
    FlowData data;
    std::size_t outside_box = 0;
};

SidebandData sideband_data(const FeatureTransform& transform, const EventTable& sideband) {
    const FeatureTransform::Forward forward = transform.forward(sideband.features);
    const std::size_t features = sideband.features.cols();
    SidebandData result;
    std::vector<float> values;
    for (std::size_t row = 0; row < sideband.size(); ++row) {
        if (forward.mapped[row] == 0) {
            ++result.outside_box;
            continue;
        }
        const auto y = forward.y.row(row);
        values.insert(values.end(), y.begin(), y.end());
        result.data.mass.push_back(static_cast<float>(sideband.mass[row]));
    }
    result.data.y = Matrix<float>(result.data.mass.size(), features, std::move(values));
    return result;
}

}  // namespace

FlowModel compute_flow(const TrainFlowConfig& config, const EventTable& events,
                       const MassWindow& signal_region, const Execution& execution,
                       const RandomStream& stream) {
    const auto sideband = [&](Partition partition, const char* what) {
        const auto rows = rows_of(events, partition, Region::sideband, signal_region);
        require_events(rows.size(), 2, what, "");
        return events.take(rows);
    };
    const EventTable training_events = sideband(Partition::training, "sideband training events");
    const EventTable validation_events =
        sideband(Partition::validation, "sideband validation events");
    const FeatureTransform transform = FeatureTransform::fit(training_events.features);
    const SidebandData training = sideband_data(transform, training_events);
    const SidebandData validation = sideband_data(transform, validation_events);
    log_info(concat("flow: ", training.data.size(), " sideband training and ",
                    validation.data.size(), " validation events (", training.outside_box, " and ",
                    validation.outside_box, " more outside the box of the transform)"));
    FlowArchitecture architecture = config.architecture;
    architecture.features = events.features.cols();
    const auto flow = make_density_estimator(architecture, config.adam, execution);
    TrainedFlow trained =
        train_flow(*flow, training.data, validation.data, config.training, stream);
    return {
        .flow = std::move(trained),
        .transform = transform,
        .mass = events.mass_column,
        .features = events.feature_columns,
        .signal_region = signal_region,
        .counts = {{"training_events", static_cast<std::int64_t>(training.data.size())},
                   {"training_outside_box", static_cast<std::int64_t>(training.outside_box)},
                   {"validation_events", static_cast<std::int64_t>(validation.data.size())},
                   {"validation_outside_box", static_cast<std::int64_t>(validation.outside_box)}},
        .hash = {}};
}

Summary run_train_flow(const TrainFlowConfig& config, const StageContext& context,
                       const TrainFlowPaths& paths) {
    check_output(paths.output, context.overwrite);
    check_execution(context.common.execution());
    const EventReader reader(paths.events, EventKind::events);
    const FlowModel model = with_path(paths.events, [&] {
        return compute_flow(config, reader.read_all(), reader.header().signal_region,
                            context.common.execution(), stream(context, "train_flow"));
    });
    TrainFlowConfig shown = config;
    const std::string hash =
        write_flow(paths.output, model,
                   make_provenance(context, effective_config(context, section(shown)),
                                   {reader.record("events")}),
                   context.overwrite);
    const FlowCheckpoint& best = model.flow.best.front();
    Summary summary = {{"output", paths.output},
                       {"epochs", static_cast<std::int64_t>(config.training.epochs)},
                       {"best_epoch", static_cast<std::int64_t>(best.epoch)},
                       {"validation_loss", best.validation_loss},
                       {"untrained_validation_loss", model.flow.losses.validation.front()}};
    for (const auto& [name, value] : model.counts) summary.emplace_back(name, value);
    summary.emplace_back("content_hash", hash);
    return summary;
}

}  // namespace lacathode
