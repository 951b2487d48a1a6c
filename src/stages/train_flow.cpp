#include "lacathode/stages/train_flow.hpp"

#include <memory>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

static_assert(ReplicaRoom<TrainFlow>);

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

// An events file as a training knows it, without its events.
struct Source {
    InputRecord record;
    EventOrigins origins;
    EventHeader header;
    TrainFlow::Sets sets;
};

// Throws InputError that names the file.
std::shared_ptr<const Source> read_source(const TrainFlow::Config& config,
                                          const std::string& path) {
    const EventReader reader(path, EventKind::events);
    require_known_origins(path, reader.provenance().origins);
    require_unmoved(reader);
    const EventTable events = reader.read_all();
    return with_path(path, [&] {
        return std::make_shared<const Source>(
            Source{.record = reader.record("events"),
                   .origins = reader.provenance().origins,
                   .header = reader.header(),
                   .sets = TrainFlow::sets(config, events, reader.header().signal_region)});
    });
}

RandomStream stream_of(const Job& job, std::size_t retraining) {
    return job.stream("train_flow").at(retraining);
}

MafArchitecture architecture_of(const TrainFlow::Config& config, const EventHeader& events) {
    MafArchitecture architecture = config.architecture;
    architecture.features = events.features.size();
    return architecture;
}

FlowModel model_of(const TrainFlow::Config& config, TrainedMaf trained, const TrainFlow::Sets& sets,
                   const EventHeader& events) {
    return {.flow = std::move(trained),
            .transform = sets.transform,
            .mass = events.mass,
            .features = events.features,
            .signal_region = events.signal_region,
            .region = config.region,
            .counts = sets.counts,
            .hash = {}};
}

FlowModel train(const TrainFlow::Config& config, const TrainFlow::Sets& sets,
                const EventHeader& events, const Execution& execution, const RandomStream& stream,
                TrainingKeeper* keeper) {
    const auto flow = make_maf(architecture_of(config, events), config.adam, execution);
    return model_of(
        config, train_maf(*flow, sets.training, sets.validation, config.training, stream, keeper),
        sets, events);
}

void begin(Job& job, const Source& source, const Execution& execution) {
    job.goes_back_to(source.origins);
    job.computed_on(execution);
    job.made_from(source.record);
}

void finish(Job& job, const FlowModel& model, const TrainFlow::Config& config) {
    const HeldInterrupts held;  // what is trained is written
    if (job.is_made_by_another()) return;
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

// One of several trainings; others may have the same source.
struct Member {
    RetrainingJob* job;
    std::shared_ptr<const Source> source;

    [[nodiscard]] const TrainFlow::Sets& sets() const { return source->sets; }
};

void train_as_one(const TrainFlow::Config& config, const MafArchitecture& architecture,
                  std::span<const Member> members, const Execution& execution,
                  TrainingKeeper& keeper) {
    const ReplicaData<FlowData> data = replica_data<FlowData>(members);
    std::vector<Retraining> trainings;
    for (const Member& one : members)
        trainings.push_back({one.job->number, stream_of(one.job->job, one.job->number)});
    const auto flows = make_maf_replicas(architecture, config.adam, data, execution);
    auto results =
        train_maf_replicas(*flows, data, config.training, trainings, execution.threads, &keeper);
    finish_each(members.size(), [&](std::size_t i) {
        const auto& [job, source] = members[i];
        job->failure = results[i].failure;
        if (!results[i].trained) return;
        finish(job->job,
               model_of(config, std::move(*results[i].trained), source->sets, source->header),
               config);
    });
}

void train_alike(const TrainFlow::Config& config, const std::vector<Member>& members,
                 const Execution& execution) {
    const MafArchitecture architecture = architecture_of(config, members.front().source->header);
    const ReplicaMemory memory = replica_memory(
        architecture, largest_size(replica_data<FlowData>(members), config.training.batch_size));
    in_chunks<Member>(members, memory, execution, [&](auto chunk, TrainingKeeper& keeper) {
        train_as_one(config, architecture, chunk, execution, keeper);
    });
}

// What networks that are trained as one have in common: features, weights or none.
std::pair<std::size_t, bool> shape_of(const Member& member) {
    const EventHeader& events = member.source->header;
    return {events.features.size(), events.has_weight};
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
    const auto inside = [&region](const RegionData& set, const char* part) {
        require_events(set.data.size(), 1,
                       concat(region, " ", part, " events inside the box of the transform"), "");
    };
    inside(training, "training");
    inside(validation, "validation");
    require_positive_weights(validation.data, "validation");
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
    return train(config, sets(config, events, signal_region), header_of(events, signal_region),
                 execution, stream, keeper);
}

void TrainFlow::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const auto source = read_source(config, paths.events);
    begin(job, *source, execution);
    const FlowModel model = train(config, source->sets, source->header, execution,
                                  stream_of(job, config.retraining), &job.training_keeper());
    finish(job, model, config);
}

bool TrainFlow::trains_together(const Config& /*config*/, const Execution& execution) {
    return !runs_on_engine(execution);
}

void TrainFlow::run_together(const Config& config,
                             std::span<const JointTraining<Paths>> trainings) {
    const Execution execution = trainings.front().job->job.execution();
    const auto file_of = [](const JointTraining<Paths>& one) { return one.paths.events; };
    std::vector<Member> members;
    for (const auto& [path, of_file] : grouped_by(trainings, file_of)) {
        const auto source = read_source(config, path);
        for (const JointTraining<Paths>& one : of_file) {
            begin(one.job->job, *source, execution);
            members.push_back({one.job, source});
        }
    }
    for (const auto& [shape, alike] : grouped_by(members, shape_of))
        train_alike(config, alike, execution);
}

Summary TrainFlow::run_retrainings(const Config& config, const Paths& paths,
                                   const StageContext& context) {
    require_possible_replicas(paths.replicas);
    Config last = config;
    last.retraining += paths.replicas - 1;
    require_no_problems(concat("--replicas ", paths.replicas, " from retraining ",
                               config.retraining, " on; ask for fewer, or begin earlier"),
                        problems(last));
    return train_replicas<TrainFlow>(config, paths, context);
}

}  // namespace lacathode
