#include "lacathode/stages/flow_file.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/stages/event_selection.hpp"
#include "model_file.hpp"

namespace lacathode {
namespace {

using detail::write_vector;

FlowArchitecture read_architecture(const InputFile& file) {
    const FlowArchitecture architecture{.features = detail::positive_attribute(file, "features"),
                                        .hidden = detail::positive_attribute(file, "hidden"),
                                        .blocks = detail::positive_attribute(file, "blocks")};
    detail::require_possible(file, problems(architecture));
    return architecture;
}

FeatureTransform read_transform(const InputFile& file, std::size_t features) {
    const auto read = [&](const char* name) {
        return file.read<double>(std::string("/preprocessing/") + name, {features});
    };
    FeatureTransform::Constants constants{
        .min = read("min"), .max = read("max"), .mean = read("mean"), .std = read("std")};
    return with_path(file.path(), [&] { return FeatureTransform(std::move(constants)); });
}

}  // namespace

std::string write_flow(const std::string& path, const FlowModel& model,
                       const Provenance& provenance, Overwrite overwrite) {
    OutputFile file(path, FileFormat::flow, overwrite);
    const FlowArchitecture& architecture = model.flow.architecture;
    file.set_attribute("/", "features", static_cast<std::int64_t>(architecture.features));
    file.set_attribute("/", "hidden", static_cast<std::int64_t>(architecture.hidden));
    file.set_attribute("/", "blocks", static_cast<std::int64_t>(architecture.blocks));
    detail::write_signal_region(file, model.signal_region);
    file.set_attribute("/", "mass_name", model.mass.name);
    file.set_attribute("/", "mass_unit", model.mass.unit);
    const FeatureTransform::Constants& constants = model.transform.constants();
    write_vector<double>(file, "/preprocessing/min", constants.min);
    write_vector<double>(file, "/preprocessing/max", constants.max);
    write_vector<double>(file, "/preprocessing/mean", constants.mean);
    write_vector<double>(file, "/preprocessing/std", constants.std);
    detail::write_columns(file, "/preprocessing", model.features);
    write_vector<double>(file, "/losses/training", model.flow.losses.training);
    write_vector<double>(file, "/losses/validation", model.flow.losses.validation);
    write_vector<std::uint64_t>(file, "/losses/validation_left_out",
                                model.flow.losses.validation_left_out);
    write_vector<std::uint64_t>(file, "/losses/statistics_left_out",
                                model.flow.losses.statistics_left_out);
    detail::write_checkpoints(file, model.flow.best);
    detail::write_counts(file, model.counts);
    return file.commit(provenance);
}

FlowModel read_flow(const std::string& path) {
    const InputFile file(path, FileFormat::flow);
    const FlowArchitecture architecture = read_architecture(file);
    FlowModel model{
        .flow = {.architecture = architecture,
                 .losses = {.training = file.read<double>("/losses/training"),
                            .validation = file.read<double>("/losses/validation"),
                            .validation_left_out =
                                file.read<std::uint64_t>("/losses/validation_left_out"),
                            .statistics_left_out =
                                file.read<std::uint64_t>("/losses/statistics_left_out")},
                 .best = detail::read_checkpoints(file, flow_state_layout(architecture))},
        .transform = read_transform(file, architecture.features),
        .mass = {file.string_attribute("/", "mass_name"), file.string_attribute("/", "mass_unit")},
        .features = detail::read_columns(file, "/preprocessing"),
        .signal_region = detail::read_signal_region(file),
        .counts = detail::read_counts(file),
        .hash = file.content_hash()};
    if (model.features.size() != architecture.features) {
        throw InputError(concat(path, ": /preprocessing names ", model.features.size(),
                                " features, the flow has ", architecture.features));
    }
    return model;
}

std::unique_ptr<DensityEstimator> load_estimator(const FlowModel& model, std::size_t rank,
                                                 const Execution& execution) {
    if (rank >= model.flow.best.size()) {
        throw UsageError(concat("flow state of rank ", rank, " asked for, but the flow keeps only ",
                                model.flow.best.size(), " (train_flow.keep_best)"));
    }
    auto estimator = make_density_estimator(model.flow.architecture, AdamOptions{}, execution);
    estimator->load(model.flow.best[rank].state);
    return estimator;
}

void require_same_columns(const FlowModel& model, const EventHeader& events,
                          const std::string& flow_path, const std::string& events_path) {
    if (model.mass == events.mass && model.features == events.features &&
        model.signal_region == events.signal_region) {
        return;
    }
    throw InputError(concat(
        events_path, " and ", flow_path,
        " differ in mass, features, units or signal region: the flow was trained on ",
        detail::description(model.mass, model.features, model.signal_region), ", the events have ",
        detail::description(events.mass, events.features, events.signal_region),
        "; use the flow that was trained on these events"));
}

}  // namespace lacathode
