#include "lacathode/stages/train_flow.hpp"

#include <memory>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

static_assert(ReplicaRoom<TrainFlow>);

namespace {

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

}  // namespace lacathode
