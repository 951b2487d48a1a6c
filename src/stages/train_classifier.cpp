#include "lacathode/stages/train_classifier.hpp"

#include <algorithm>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "stages/support/classifier_files.hpp"

namespace lacathode {
namespace {

// Behind the streams of the epochs and trees.
constexpr std::size_t noise_stream = most_epochs + 1;

MlpArchitecture architecture_of(const TrainClassifier::Config& config,
                                const ClassifierData& training) {
    return {.inputs = training.x.cols(), .hidden = config.hidden};
}

TrainedClassifier train(const TrainClassifier::Config& config, const ClassifierData& training,
                        const ClassifierData& validation, const Execution& execution,
                        const RandomStream& stream, TrainingKeeper* keeper) {
    if (config.model == ClassifierKind::trees) {
        return train_trees(training, validation, config.trees, stream, execution.threads, keeper);
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

void tell(const TrainClassifier::Sets& sets) {
    std::string text = "classifier:";
    for (const auto& [what, events] : sets.counts) text += concat(" ", what, " ", events);
    log_info(text);
}

// What a model says of its events.
struct Origin {
    Method method;
    const EventTable& data;
    const MassWindow& signal_region;
};

ClassifierModel model_of(TrainedClassifier trained, const TrainClassifier::Sets& sets,
                         const Origin& origin, const FurtherInputs& further) {
    return {.classifier = std::move(trained),
            .standardisation = sets.standardisation,
            .method = origin.method,
            .inputs = further.columns(origin.data.feature_columns, origin.data.mass_column),
            .further_inputs = further,
            .signal_region = origin.signal_region,
            .flow_hash = {},
            .counts = sets.counts,
            .hash = {}};
}

}  // namespace

ClassifierModel TrainClassifier::compute(const Config& config, Method method,
                                         const EventTable& data, const EventTable& background,
                                         const MassWindow& signal_region,
                                         const Execution& execution, const RandomStream& stream,
                                         TrainingKeeper* keeper) {
    const FurtherInputs further = further_inputs(config, stream);
    const Sets sets = TrainClassifier::sets(method, data, background, signal_region, further);
    tell(sets);
    return model_of(train(config, sets.training, sets.validation, execution, stream, keeper), sets,
                    {method, data, signal_region}, further);
}

void TrainClassifier::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const ClassifierFiles files(paths);
    files.begin(job, config, execution);
    const ClassifierModel model = with_path(files.names(), [&] {
        return compute(config, files.method(), files.data(), files.background(),
                       files.signal_region(), execution,
                       stream_of(job, files.method(), config.retraining), &job.training_keeper());
    });
    files.finish(job, model, config.retraining);
}

bool TrainClassifier::trains_together(const Config& config, const Execution& execution) {
    return config.model == ClassifierKind::mlp && !runs_on_engine(execution);
}

void TrainClassifier::run_together(const Config& config, const Paths& paths,
                                   std::span<RetrainingJob> jobs) {
    const Execution execution = jobs.front().job.execution();
    const ClassifierFiles files(paths);
    for (RetrainingJob& one : jobs) files.begin(one.job, config, execution);
    const EventTable data = files.data();
    const EventTable background = files.background();
    const auto sets_of = [&](const RetrainingJob& one) {
        const RandomStream stream = stream_of(one.job, files.method(), one.number);
        return TrainClassifier::sets(files.method(), data, background, files.signal_region(),
                                     further_inputs(config, stream));
    };
    const auto train_chunk = [&](std::span<RetrainingJob> chunk, TrainingKeeper& keeper) {
        // A number that says nothing is another one in each retraining; all else they share.
        const bool differ = std::ranges::count(config.further_inputs, FurtherInput::noise) > 0;
        std::vector<Sets> sets;
        for (const RetrainingJob& one : chunk.first(differ ? chunk.size() : 1))
            sets.push_back(sets_of(one));
        ReplicaData<ClassifierData> events{
            .replicas = chunk.size(), .training = {}, .validation = {}};
        for (const Sets& one : sets) {
            events.training.push_back(&one.training);
            events.validation.push_back(&one.validation);
        }
        std::vector<Retraining> trainings;
        for (const RetrainingJob& one : chunk)
            trainings.push_back({one.number, stream_of(one.job, files.method(), one.number)});
        const auto networks = make_mlp_replicas(architecture_of(config, sets.front().training),
                                                config.adam, events, execution);
        auto results = train_mlp_replicas(*networks, events, config.training, trainings,
                                          execution.threads, &keeper);
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            chunk[i].failure = results[i].failure;
            if (!results[i].trained) continue;
            files.finish(chunk[i].job,
                         model_of(std::move(*results[i].trained), sets[differ ? i : 0],
                                  {files.method(), data, files.signal_region()},
                                  further_inputs(config, trainings[i].stream)),
                         chunk[i].number);
        }
    };
    with_path(files.names(), [&] {
        const Sets first = sets_of(jobs.front());
        tell(first);
        const ReplicaMemory memory = replica_memory(
            architecture_of(config, first.training),
            {first.training.size(), first.validation.size(), config.training.batch_size});
        in_chunks(jobs, memory, execution, train_chunk);
    });
}

Summary TrainClassifier::run_retrainings(const Config& config, const Paths& paths,
                                         const StageContext& context) {
    return train_replicas<TrainClassifier>(config, paths, context);
}

}  // namespace lacathode
