#include "lacathode/stages/sample.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stats/kernel_density.hpp"

namespace lacathode {
namespace {

struct WeightedMasses {
    std::vector<double> mass;
    std::vector<float> weight;  ///< empty: one each
};

// Signal-region training masses; the events may be more than fit into memory.
WeightedMasses training_masses(const EventReader& reader, const MassWindow& signal_region) {
    WeightedMasses masses;
    for (const EventTable& events : reader.blocks()) {
        for (const std::size_t row :
             rows_of(events, Partition::training, Region::signal_region, signal_region)) {
            masses.mass.push_back(events.mass[row]);
            if (events.has_weight()) masses.weight.push_back(events.weight[row]);
        }
    }
    return masses;
}

// x depends on the masses that are drawn: those of a density that weights below 0 do not have.
bool follows_masses(Method method) {
    return info(method).space == Space::features;
}

// What does not depend on m may have the masses of any events of the signal region.
MassDensity density_of(Method method, WeightedMasses masses, double bandwidth,
                       const std::string& source) {
    if (!follows_masses(method)) {
        for (float& weight : masses.weight) weight = std::abs(weight);
    } else if (std::ranges::any_of(masses.weight, [](float weight) { return weight < 0; })) {
        throw InputError(concat(source,
                                ": has negative weights in the signal region, by which "
                                "the masses of ",
                                method_name(method),
                                " cannot be drawn: use lacathode, whose background is the same at "
                                "every mass"));
    }
    return with_path(source,
                     [&] { return MassDensity::fit(masses.mass, bandwidth, masses.weight); });
}

void append(BackgroundSample& all, const BackgroundSample& more) {
    append(all.features, more.features);
    append(all.latent, more.latent);
    all.log_prob.insert(all.log_prob.end(), more.log_prob.begin(), more.log_prob.end());
}

void require_generated(const Sample::Config& config, Method method) {
    const Background background = info(method).background;
    if (info(method).selects_background()) {
        throw UsageError(concat("the background of ", method_name(method),
                                " is true events: use lacathode-select-background"));
    }
    if (background == Background::density) {
        throw UsageError(concat(method_name(method),
                                " compares densities and needs no background sample: use "
                                "lacathode-density-ratio"));
    }
    if (config.reference > 0 && background == Background::transported) {
        throw UsageError(concat(method_name(method),
                                " moves sideband events, which are as many as they are: its "
                                "reference are the validation events of its sample"));
    }
}

// Sideband events that are moved would have to keep their weights, as would the reference they
// make.
void require_transportable(Method method, const EventReader& events) {
    if (info(method).background != Background::transported || !events.header().has_weight) return;
    throw InputError(
        concat(events.path(), ": has event weights, which ", method_name(method),
               " does not carry along: leave the method out, or prepare.weight_column"));
}

void require_checkpoints(const Sample::Config& config, Method method, const FlowModel& model,
                         const std::string& flow_path) {
    if (config.checkpoints > model.flow.best.size()) {
        throw UsageError(concat("sample.checkpoints = ", config.checkpoints, ", but ", flow_path,
                                " keeps only ", model.flow.best.size(), " (train_flow.keep_best)"));
    }
    if (info(method).background != Background::sampled && config.checkpoints != 1) {
        throw UsageError(concat("sample.checkpoints must be 1 for ", method_name(method),
                                ": data and background share the best one's latent space"));
    }
}

// z of the mapped sideband events of one partition.
Matrix<float> sideband_latent(const FlowModel& model, const ConditionalDensity& flow,
                              const EventReader& reader, Partition partition) {
    std::vector<float> values;
    const std::size_t features = model.features.size();
    for (const EventTable& events : reader.blocks()) {
        const auto rows = rows_of(events, partition, Region::sideband, model.signal_region);
        const EventTable latent = Encode::compute(model, flow, events.take(rows)).latent;
        for (std::size_t row = 0; row < latent.size(); ++row) {
            if (!latent.is_mapped(row)) continue;
            const auto z = latent.features.row(row);
            values.insert(values.end(), z.begin(), z.end());
        }
    }
    const std::size_t count = values.size() / features;
    require_events(count, 1, "mapped sideband events to move", reader.path());
    return {count, features, std::move(values)};
}

// The density must outlive them.
MassDraws draws_of(const MassDensity& density) {
    return [&density](std::size_t count, const RandomStream& stream) {
        return density.sample(count, stream);
    };
}

SampleSize size_of(const Sample::Config& config) {
    return config.reference > 0 ? SampleSize{0, config.reference} : config.size;
}

EventHeader header_of(const FlowModel& model, Method method) {
    const Space space = info(method).space;
    EventHeader header{
        .mass = model.mass,
        .features = space == Space::latent ? latent_columns(model.features.size()) : model.features,
        .signal_region = model.signal_region,
        .has_label = true,
        .has_mapped = true,
        .flow_hash = model.hash,
        .method = method,
        .counts = {}};
    if (space == Space::features) header.box = model.transform.box();
    return header;
}

// Draws of the reference owe nothing to those of the training.
RandomStream stream_of(const Sample::Config& config, Method method, const Job& job) {
    const char* purpose = config.reference > 0 ? "reference/" : "sample/";
    return job.stream(purpose + method_name(method)).at(config.retraining);
}

BackgroundSource source_of(Method method, const FlowModel& model, const EventReader& reader,
                           const Execution& execution) {
    BackgroundSource source;
    if (info(method).space == Space::reference_mass)
        source.fixed_mass = reference_mass(model.signal_region);
    if (info(method).background == Background::transported) {
        const auto flow = load_density(model, 0, execution);
        source.pool = {sideband_latent(model, *flow, reader, Partition::training),
                       sideband_latent(model, *flow, reader, Partition::validation)};
    }
    return source;
}

}  // namespace

Section Sample::section(Config& c) {
    return {
        name,
        {{"training", "events", "Background events for training the classifier.", &c.size.training,
          Range::count()},
         {"validation", "events", "Background events for its validation.", &c.size.validation,
          Range::count()},
         {"checkpoints", "epochs",
          "Best checkpoints of the flow that share a sample in feature space (1: the best; "
          "the CATHODE paper: 10); the latent space is the best one's.",
          &c.checkpoints, Range::within(1, most_epochs), "states"},
         {"reference", "events",
          "If not 0: draw so many other events instead, by which a cut's efficiency is measured "
          "and on which no classifier trains.",
          &c.reference, Range::count(0)},
         {"bandwidth", "", "Kernel width of the mass density in logit space.", &c.bandwidth,
          Range::positive(10)},
         retraining_field(c.retraining)}};
}

std::vector<Argument> Sample::arguments(Paths& paths) {
    return {{"method", ArgumentKind::choice,
             "lacathode (latent coordinates), cathode, double_map or curtains (features).",
             &paths.method, Presence::required, method_names(&MethodInfo::generates_background)},
            {"events", ArgumentKind::input,
             "Events file; its signal-region training masses are followed.", &paths.events},
            {"flow", ArgumentKind::input, "Flow file (from lacathode-train-flow).", &paths.flow},
            {"output", ArgumentKind::output,
             "File to write: latent (lacathode) or events (the others).", &paths.output}};
}

BackgroundSample Sample::compute(const Config& config, const BackgroundSource& source,
                                 const FlowModel& model, const MassDensity& mass_density,
                                 const Execution& execution, const RandomStream& stream) {
    BackgroundSampler sampler(size_of(config), config.checkpoints, source, model,
                              draws_of(mass_density), execution, stream);
    BackgroundSample all = sampler.next();
    while (!sampler.done()) append(all, sampler.next());
    return all;
}

void Sample::run(const Config& config, const Paths& paths, Job& job) {
    expects(paths.method.has_value(), "a sample is for a method");
    const Method method = *paths.method;
    require_generated(config, method);
    const bool latent = info(method).space == Space::latent;
    const Execution execution = job.execution();
    const FlowAndEvents inputs(paths.flow, paths.events, config.checkpoints);
    const FlowModel& model = inputs.model;
    const EventReader& reader = inputs.events;
    require_checkpoints(config, method, model, paths.flow);
    require_transportable(method, reader);
    WeightedMasses masses = training_masses(reader, model.signal_region);
    require_events(masses.mass.size(), 2, "signal-region training events", paths.events);
    const MassDensity mass_density =
        density_of(method, std::move(masses), config.bandwidth, paths.events);
    const SampleSize size = size_of(config);
    BackgroundSampler sampler(size, config.checkpoints, source_of(method, model, reader, execution),
                              model, draws_of(mass_density), execution,
                              stream_of(config, method, job));
    EventWriter writer(paths.output, event_kind(info(method).space), header_of(model, method),
                       job.overwrite());
    std::int64_t not_mapped = 0;
    Progress progress("sample", sampler.rows());
    while (!sampler.done()) {
        check_interrupt();
        const BackgroundSample block = sampler.next();
        not_mapped += std::ranges::count(block.latent.mapped, 0);
        if (latent) {
            writer.append(block.latent, block.log_prob);
        } else {
            writer.append(block.features);
        }
        progress.add(block.log_prob.size());
    }
    if (not_mapped > 0) {
        log_warning(concat(not_mapped, " of ", sampler.rows(),
                           " draws have no finite event; they are marked in ", paths.output,
                           " and left out of the classifier's training"));
    }
    writer.set_counts(
        {{"masses_at_the_edges_dropped", static_cast<std::int64_t>(mass_density.dropped())},
         {"not_mapped", not_mapped}});
    job.goes_back_to(united(model.trained_on, reader.provenance().origins));
    job.computed_on(execution);
    inputs.record(job);
    job.report("method", method_name(method));
    job.report("training_events", static_cast<std::int64_t>(size.training));
    job.report("validation_events", static_cast<std::int64_t>(size.validation));
    job.report("not_mapped", not_mapped);
    job.commit(writer);
}

}  // namespace lacathode
