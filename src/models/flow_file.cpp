#include "lacathode/models/flow_file.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "models/model_file.hpp"

namespace lacathode {
namespace {

constexpr const char* maf_kind = "maf";

MafArchitecture read_architecture(const InputFile& file) {
    const MafArchitecture architecture{
        .features = models::detail::positive_attribute(file, "features"),
        .hidden = models::detail::positive_attribute(file, "hidden"),
        .blocks = models::detail::positive_attribute(file, "blocks")};
    models::detail::require_possible(file, problems(architecture));
    return architecture;
}

FeatureTransform read_transform(const InputFile& file, std::size_t features) {
    const auto read = [&](const char* name) {
        return file.read<double>(std::string("/preprocessing/") + name, {features});
    };
    FeatureTransform::Constants constants{
        .min = read("min"), .max = read("max"), .mean = read("mean"), .std = read("std")};
    return models::detail::of_constants(file,
                                        [&] { return FeatureTransform(std::move(constants)); });
}

}  // namespace

void write_flow(OutputFile& file, const FlowModel& model) {
    const MafArchitecture& architecture = model.flow.architecture;
    file.set_attribute("/", "kind", std::string(maf_kind));
    file.set_attribute("/", "features", static_cast<std::int64_t>(architecture.features));
    file.set_attribute("/", "hidden", static_cast<std::int64_t>(architecture.hidden));
    file.set_attribute("/", "blocks", static_cast<std::int64_t>(architecture.blocks));
    write_signal_region(file, model.signal_region);
    write_flow_region(file, model.region);
    file.set_attribute("/", "mass_name", model.mass.name);
    file.set_attribute("/", "mass_unit", model.mass.unit);
    const FeatureTransform::Constants& constants = model.transform.constants();
    file.write_vector<double>("/preprocessing/min", constants.min);
    file.write_vector<double>("/preprocessing/max", constants.max);
    file.write_vector<double>("/preprocessing/mean", constants.mean);
    file.write_vector<double>("/preprocessing/std", constants.std);
    write_columns(file, "/preprocessing", model.features);
    file.write_vector<double>("/losses/training", model.flow.losses.training);
    file.write_vector<double>("/losses/validation", model.flow.losses.validation);
    file.write_vector<std::uint64_t>("/losses/validation_left_out",
                                     model.flow.losses.validation_left_out);
    file.write_vector<std::uint64_t>("/losses/statistics_left_out",
                                     model.flow.losses.statistics_left_out);
    models::detail::write_checkpoints(file, model.flow.best);
    write_counts(file, model.counts);
}

FlowModel read_flow(const std::string& path, std::size_t checkpoints) {
    const InputFile file(path, FileFormat::flow);
    models::detail::read_kind(file, maf_kind, {maf_kind});
    const MafArchitecture architecture = read_architecture(file);
    FlowModel model{
        .flow = {.architecture = architecture,
                 .losses = {.training = file.read<double>("/losses/training"),
                            .validation = file.read<double>("/losses/validation"),
                            .validation_left_out =
                                file.read<std::uint64_t>("/losses/validation_left_out"),
                            .statistics_left_out =
                                file.read<std::uint64_t>("/losses/statistics_left_out")},
                 .best = models::detail::read_checkpoints(file, maf_state_layout(architecture),
                                                          checkpoints)},
        .transform = read_transform(file, architecture.features),
        .mass = {file.string_attribute("/", "mass_name"), file.string_attribute("/", "mass_unit")},
        .features = read_columns(file, "/preprocessing"),
        .signal_region = read_signal_region(file),
        .region = read_flow_region(file),
        .trained_on = file.provenance().origins,
        .counts = read_counts(file),
        .hash = file.content_hash()};
    if (model.features.size() != architecture.features) {
        throw InputError(concat(path, ": /preprocessing names ", model.features.size(),
                                " features, the flow has ", architecture.features));
    }
    return model;
}

std::unique_ptr<ConditionalDensity> load_density(const FlowModel& model, std::size_t rank,
                                                 const Execution& execution) {
    if (rank >= model.flow.best.size()) {
        throw UsageError(concat("flow checkpoint of rank ", rank,
                                " asked for, but the flow keeps only ", model.flow.best.size(),
                                " (train_flow.keep_best)"));
    }
    auto estimator = make_maf(model.flow.architecture, AdamOptions{}, execution);
    estimator->load(model.flow.best[rank].state);
    return estimator;
}

void require_same_columns(const FlowModel& model, const EventHeader& events,
                          const std::string& flow_path, const std::string& events_path) {
    if (model.mass == events.mass && model.features == events.features &&
        model.signal_region == events.signal_region) {
        return;
    }
    throw InputError(
        concat(events_path, " and ", flow_path,
               " differ in mass, features, units or signal region: the flow was trained on ",
               models::detail::description(model.mass, model.features, model.signal_region),
               ", the events have ",
               models::detail::description(events.mass, events.features, events.signal_region),
               "; use the flow that was trained on these events"));
}

}  // namespace lacathode
