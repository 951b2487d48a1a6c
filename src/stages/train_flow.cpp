#include "lacathode/stages/train_flow.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "lacathode/stages/support/training_guard.hpp"

namespace lacathode {
namespace {

const char* region_name(Region region) {
    return region == Region::sideband ? "sideband" : "signal-region";
}

constexpr std::size_t least_events = 2;  // batch norm compares events

// The mapped events of one partition as the flow sees them.
struct RegionData {
    FlowData data;
    std::size_t outside_box = 0;
};

RegionData region_data(const FeatureTransform& transform, const EventTable& events) {
    const FeatureTransform::Forward forward = transform.forward(events.features);
    const std::size_t features = events.features.cols();
    RegionData result;
    std::vector<float> values;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (forward.mapped[row] == 0) {
            ++result.outside_box;
            continue;
        }
        const auto y = forward.y.row(row);
        values.insert(values.end(), y.begin(), y.end());
        result.data.mass.push_back(static_cast<float>(events.mass[row]));
        if (events.has_weight()) result.data.weight.push_back(events.weight[row]);
    }
    result.data.y = Matrix<float>(result.data.mass.size(), features, std::move(values));
    return result;
}

constexpr const char* stream_name = "train_flow";

MafArchitecture architecture_of(const TrainFlow::Config& config, const EventTable& events) {
    MafArchitecture architecture = config.architecture;
    architecture.features = events.features.cols();
    return architecture;
}

FlowModel model_of(TrainedMaf trained, const TrainFlow::Sets& sets, const EventTable& events,
                   const MassWindow& signal_region) {
    return {.flow = std::move(trained),
            .transform = sets.transform,
            .mass = events.mass_column,
            .features = events.feature_columns,
            .signal_region = signal_region,
            .counts = sets.counts,
            .hash = {}};
}

void begin(Job& job, const EventReader& reader, const TrainFlow::Paths& paths,
           const Execution& execution) {
    require_known_origins(paths.events, reader.provenance().origins);
    job.goes_back_to(reader.provenance().origins);
    job.computed_on(execution);
    job.made_from(reader.record("events"));
}

void finish(Job& job, const FlowModel& model, const TrainFlow::Config& config) {
    const Checkpoint& best = model.flow.best.front();
    job.report("epochs", static_cast<std::int64_t>(config.training.epochs));
    job.report("best_epoch", static_cast<std::int64_t>(best.epoch));
    job.report("validation_loss", best.validation_loss);
    job.report("untrained_validation_loss", model.flow.losses.validation.front());
    job.report(model.counts);
    OutputFile file(job.output(), FileFormat::flow, job.overwrite());
    write_flow(file, model);
    job.commit(file);
}

}  // namespace

Section TrainFlow::section(Config& c) {
    return {
        name,
        {{"hidden", "units", "Units of both hidden layers of a MADE block.", &c.architecture.hidden,
          Range::within(1, most_hidden)},
         {"blocks", "", "Number of [MADE, batch norm, reversal] blocks.", &c.architecture.blocks,
          Range::within(1, 100)},
         {"epochs", "epochs", "Passes over the training events.", &c.training.epochs,
          Range::within(1, most_epochs)},
         {"batch_size", "events", "Events a step.", &c.training.batch_size, Range::count(2)},
         keep_best_field(c.training.keep_best, "Checkpoints kept, lowest validation loss first."),
         learning_rate_field(c.adam.learning_rate),
         schedule_field(c.training.schedule),
         weight_decay_field(c.adam.weight_decay),
         {"box_margin", "",
          "Fraction of a feature's range in the training events by which the flow maps more on "
          "either side.",
          &c.box_margin, Range::within(0, 10)},
         {"region", "",
          "Where the flow learns: sideband (the background), or signal_region for the inner flow "
          "of "
          "ANODE.",
          choice(c.region, {"signal_region", "sideband"})},
         retraining_field(c.retraining)}};
}
std::vector<std::string> TrainFlow::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    if (found.empty()) found.add(lacathode::problems(c.training), "train_flow: ");
    return found.take();
}

std::vector<Argument> TrainFlow::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"output", ArgumentKind::output, "Flow file to write.", &paths.output},
            replicas_argument(paths.replicas)};
}

std::vector<std::string> TrainFlow::lacks(const Config& config, const EventCounts& events) {
    Problems found;
    const auto need = [&](Partition partition, const char* what) {
        const std::size_t count = events.all(partition, config.region);
        found.unless(count >= least_events, count, " ", region_name(config.region), " ", what,
                     " events; the flow needs ", least_events, " at least");
    };
    need(Partition::training, "training");
    need(Partition::validation, "validation");
    return found.take();
}

TrainFlow::Sets TrainFlow::sets(const Config& config, const EventTable& events,
                                const MassWindow& signal_region) {
    const std::string region = region_name(config.region);
    const auto of_region = [&](Partition partition, const char* part) {
        const auto rows = rows_of(events, partition, config.region, signal_region);
        require_events(rows.size(), least_events, concat(region, " ", part, " events"), "");
        return events.take(rows);
    };
    const EventTable training_events = of_region(Partition::training, "training");
    const EventTable validation_events = of_region(Partition::validation, "validation");
    const FeatureTransform transform =
        FeatureTransform::fit(training_events.features, config.box_margin);
    RegionData training = region_data(transform, training_events);
    set_mean_weight_one(training.data);
    RegionData validation = region_data(transform, validation_events);
    log_info(concat("flow: ", training.data.size(), " ", region, " training and ",
                    validation.data.size(), " validation events (", training.outside_box, " and ",
                    validation.outside_box, " more outside the box of the transform)"));
    const auto count = [](std::size_t events_of_a_kind) {
        return static_cast<std::int64_t>(events_of_a_kind);
    };
    Counts counts = {{"training_events", count(training.data.size())},
                     {"training_outside_box", count(training.outside_box)},
                     {"validation_events", count(validation.data.size())},
                     {"validation_outside_box", count(validation.outside_box)}};
    return {.transform = transform,
            .training = std::move(training.data),
            .validation = std::move(validation.data),
            .counts = std::move(counts)};
}

FlowModel TrainFlow::compute(const Config& config, const EventTable& events,
                             const MassWindow& signal_region, const Execution& execution,
                             const RandomStream& stream, TrainingKeeper* keeper) {
    const Sets sets = TrainFlow::sets(config, events, signal_region);
    const auto flow = make_maf(architecture_of(config, events), config.adam, execution);
    TrainedMaf trained =
        train_maf(*flow, sets.training, sets.validation, config.training, stream, keeper);
    return model_of(std::move(trained), sets, events, signal_region);
}

void TrainFlow::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const EventReader reader(paths.events, EventKind::events);
    begin(job, reader, paths, execution);
    const FlowModel model = with_path(paths.events, [&] {
        return compute(config, reader.read_all(), reader.header().signal_region, execution,
                       job.stream(stream_name).at(config.retraining), &job.training_keeper());
    });
    finish(job, model, config);
}

bool TrainFlow::trains_together(const Config& /*config*/, const Execution& execution) {
    return !runs_on_engine(execution);
}

void TrainFlow::run_together(const Config& config, const Paths& paths,
                             std::span<RetrainingJob> jobs) {
    const Execution execution = jobs.front().job.execution();
    const EventReader reader(paths.events, EventKind::events);
    for (RetrainingJob& one : jobs) begin(one.job, reader, paths, execution);
    const EventTable events = reader.read_all();
    const MassWindow& window = reader.header().signal_region;
    const MafArchitecture architecture = architecture_of(config, events);
    const auto train = [&](const Sets& sets, std::span<RetrainingJob> chunk,
                           TrainingKeeper& keeper) {
        const ReplicaData<FlowData> data{chunk.size(), {&sets.training}, {&sets.validation}};
        std::vector<Retraining> trainings;
        for (const RetrainingJob& one : chunk)
            trainings.push_back({one.number, one.job.stream(stream_name).at(one.number)});
        const auto flows = make_maf_replicas(architecture, config.adam, data, execution);
        auto results = train_maf_replicas(*flows, data, config.training, trainings,
                                          execution.threads, &keeper);
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            chunk[i].failure = results[i].failure;
            if (!results[i].trained) continue;
            finish(chunk[i].job, model_of(std::move(*results[i].trained), sets, events, window),
                   config);
        }
    };
    with_path(paths.events, [&] {
        const Sets sets = TrainFlow::sets(config, events, window);
        const ReplicaMemory memory = replica_memory(
            architecture,
            {sets.training.size(), sets.validation.size(), config.training.batch_size});
        in_chunks(jobs, memory, execution,
                  [&](auto chunk, TrainingKeeper& keeper) { train(sets, chunk, keeper); });
    });
}

Summary TrainFlow::run_retrainings(const Config& config, const Paths& paths,
                                   const StageContext& context) {
    return train_replicas<TrainFlow>(config, paths, context);
}

}  // namespace lacathode
