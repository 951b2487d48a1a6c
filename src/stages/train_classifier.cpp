#include "lacathode/stages/train_classifier.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "stages/train_classifier/classifier_files.hpp"

namespace lacathode {

static_assert(ReplicaRoom<TrainClassifier>);

namespace {

// Behind the streams of the epochs and trees.
constexpr std::size_t noise_stream = most_epochs + 1;
constexpr std::size_t validation_stream = most_epochs + 2;

MlpArchitecture architecture_of(const TrainClassifier::Config& config,
                                const ClassifierData& training) {
    return {.inputs = training.x.cols(), .hidden = config.hidden};
}

TrainedClassifier train(const TrainClassifier::Config& config, const ClassifierData& training,
                        const ClassifierData& validation, const Execution& execution,
                        const RandomStream& stream, TrainingKeeper* keeper) {
    if (config.model == ClassifierKind::trees) {
        TrainedTrees trained =
            train_trees(training, validation, config.trees, stream, execution.threads, keeper);
        if (trained.ensemble.trees() == 0) {
            log_warning(
                "the trees keep no tree, and score all events alike: no split lowers the "
                "validation loss; take more events, or smaller leaves "
                "(train_classifier.tree_minimum_events)");
        }
        return trained;
    }
    const auto network = make_mlp(architecture_of(config, training), config.adam, execution);
    return train_mlp(*network, training, validation, config.training, stream, keeper);
}

FurtherInputs further_inputs(const TrainClassifier::Config& config, const RandomStream& stream) {
    return {.inputs = config.further_inputs, .noise_seed = stream.at(noise_stream).next()};
}

RandomStream stream_of(const Job& job, Method method, std::size_t retraining) {
    return job.stream("train_classifier/" + method_name(method)).at(retraining);
}

TrainClassifier::Sets sets_of(const TrainClassifier::Config& config, Method method,
                              const EventTable& data, const EventTable& background,
                              const MassWindow& signal_region, const RandomStream& stream) {
    const FurtherInputs further = further_inputs(config, stream);
    if (config.validation_fraction == 0)
        return TrainClassifier::sets(method, data, background, signal_region, further);
    const auto drawn = [&](const EventTable& events) {
        return TrainClassifier::draw_validation(events, config.validation_fraction,
                                                stream.at(validation_stream));
    };
    return TrainClassifier::sets(method, drawn(data), drawn(background), signal_region, further);
}

void tell(const TrainClassifier::Sets& sets) {
    std::string text = "classifier:";
    for (const auto& [what, events] : sets.counts) text += concat(" ", what, " ", events);
    log_info(text);
}

ClassifierModel model_of(const TrainClassifier::Config& config, TrainedClassifier trained,
                         const TrainClassifier::Sets& sets, Method method, const EventHeader& data,
                         const FurtherInputs& further) {
    return {.classifier = std::move(trained),
            .standardisation = sets.standardisation,
            .method = method,
            .inputs = further.columns(data.features, data.mass),
            .further_inputs = further,
            .signal_region = data.signal_region,
            .flow_hash = {},
            .validation_fraction = config.validation_fraction,
            .counts = sets.counts,
            .hash = {}};
}

// One of several trainings; others may have the same files and sets.
struct Member {
    RetrainingJob* job;
    std::shared_ptr<const ClassifierFiles> files;
    std::shared_ptr<const TrainClassifier::Sets> shared_sets;
    RandomStream stream;
    FurtherInputs further;

    [[nodiscard]] const TrainClassifier::Sets& sets() const { return *shared_sets; }
};

// Those that read the files of these events.
std::vector<Member> members_of(const TrainClassifier::Config& config,
                               const std::vector<JointTraining<TrainClassifier::Paths>>& trainings,
                               const ClassifierEvents& events) {
    const auto files = std::make_shared<const ClassifierFiles>(events.files);
    // A number that says nothing is another one in each training, and so are validation events that
    // it draws; all else they share.
    const bool differ = config.validation_fraction > 0 ||
                        std::ranges::count(config.further_inputs, FurtherInput::noise) > 0;
    std::vector<Member> members;
    for (const auto& [job, paths] : trainings) {
        const RandomStream stream = stream_of(job->job, files->method(), job->number);
        const FurtherInputs further = further_inputs(config, stream);
        auto sets = differ || members.empty()
                        ? std::make_shared<const TrainClassifier::Sets>(
                              sets_of(config, files->method(), events.data, events.background,
                                      files->data().signal_region, stream))
                        : members.front().shared_sets;
        members.push_back({job, files, std::move(sets), stream, further});
    }
    tell(members.front().sets());
    return members;
}

void train_as_one(const TrainClassifier::Config& config, const MlpArchitecture& architecture,
                  std::span<const Member> members, const Execution& execution,
                  TrainingKeeper& keeper) {
    const ReplicaData<ClassifierData> data = replica_data<ClassifierData>(members);
    std::vector<Retraining> trainings;
    for (const Member& one : members) trainings.push_back({one.job->number, one.stream});
    const auto networks = make_mlp_replicas(architecture, config.adam, data, execution);
    auto results =
        train_mlp_replicas(*networks, data, config.training, trainings, execution.threads, &keeper);
    finish_each(members.size(), [&](std::size_t i) {
        const Member& one = members[i];
        one.job->failure = results[i].failure;
        if (!results[i].trained) return;
        one.files->finish(one.job->job,
                          model_of(config, std::move(*results[i].trained), one.sets(),
                                   one.files->method(), one.files->data(), one.further),
                          one.job->number);
    });
}

void train_alike(const TrainClassifier::Config& config, const std::vector<Member>& members,
                 const Execution& execution) {
    const MlpArchitecture architecture = architecture_of(config, members.front().sets().training);
    const ReplicaMemory memory = replica_memory(
        architecture,
        largest_size(replica_data<ClassifierData>(members), config.training.batch_size));
    in_chunks<Member>(members, memory, execution, [&](auto chunk, TrainingKeeper& keeper) {
        train_as_one(config, architecture, chunk, execution, keeper);
    });
}

}  // namespace

ClassifierModel TrainClassifier::compute(const Config& config, Method method,
                                         const EventTable& data, const EventTable& background,
                                         const MassWindow& signal_region,
                                         const Execution& execution, const RandomStream& stream,
                                         TrainingKeeper* keeper) {
    const Sets sets = sets_of(config, method, data, background, signal_region, stream);
    tell(sets);
    return model_of(config,
                    train(config, sets.training, sets.validation, execution, stream, keeper), sets,
                    method, header_of(data, signal_region), further_inputs(config, stream));
}

void TrainClassifier::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const ClassifierEvents events = read_classifier_events(paths);
    const ClassifierFiles& files = events.files;
    files.begin(job, config, execution);
    const ClassifierModel model = with_path(files.names(), [&] {
        return compute(config, files.method(), events.data, events.background,
                       files.data().signal_region, execution,
                       stream_of(job, files.method(), config.retraining), &job.training_keeper());
    });
    files.finish(job, model, config.retraining);
}

bool TrainClassifier::trains_together(const Config& config, const Execution& execution) {
    return config.model == ClassifierKind::mlp && !runs_on_engine(execution);
}

void TrainClassifier::run_together(const Config& config,
                                   std::span<const JointTraining<Paths>> trainings) {
    const Execution execution = trainings.front().job->job.execution();
    const auto files_of = [](const JointTraining<Paths>& one) {
        return std::pair(one.paths.data, one.paths.background);
    };
    std::vector<Member> members;
    for (const auto& [names, of_files] : grouped_by(trainings, files_of)) {
        const ClassifierEvents events = read_classifier_events(of_files.front().paths);
        for (const auto& one : of_files) events.files.begin(one.job->job, config, execution);
        std::ranges::move(
            with_path(events.files.names(), [&] { return members_of(config, of_files, events); }),
            std::back_inserter(members));
    }
    const auto inputs_of = [](const Member& one) { return one.sets().training.x.cols(); };
    for (const auto& [inputs, alike] : grouped_by(members, inputs_of))
        train_alike(config, alike, execution);
}

}  // namespace lacathode
