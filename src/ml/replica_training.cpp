#include "lacathode/ml/replica_training.hpp"

#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/maf_record.hpp"
#include "ml/mlp_record.hpp"
#include "ml/network_state.hpp"
#include "ml/replica_loop.hpp"
#include "ml/training_checks.hpp"

namespace lacathode {
namespace {

using ml::detail::MafRecord;
using ml::detail::MlpRecord;
using ml::detail::ReplicaLoop;
using ml::detail::ReplicaSource;

// What only one kind of network does, in the same words for both.

void add_untrained(MafReplicas& flows, std::vector<MafRecord>& records, ReplicaLoop& loop) {
    const auto left_out = flows.set_population_statistics();
    const auto training = flows.log_prob_sums(DataPart::training);
    const auto validation = flows.log_prob_sums(DataPart::validation);
    for (std::size_t r = 0; r < records.size(); ++r) {
        loop.attempt(r, [&] {
            records[r].check_statistics(0, left_out[r]);
            records[r].add_untrained(left_out[r], training[r], validation[r]);
        });
    }
}

void add_untrained(MlpReplicas& classifiers, std::vector<MlpRecord>& records, ReplicaLoop& loop) {
    const auto training = classifiers.quality(DataPart::training);
    const auto validation = classifiers.quality(DataPart::validation);
    for (std::size_t r = 0; r < records.size(); ++r)
        loop.attempt(r, [&] { records[r].add_untrained(training[r].loss, validation[r]); });
}

void add_epoch(MafReplicas& flows, std::vector<MafRecord>& records, ReplicaLoop& loop,
               const std::vector<double>& losses) {
    const auto left_out = flows.set_population_statistics();
    const auto validation = flows.log_prob_sums(DataPart::validation);
    for (std::size_t r = 0; r < records.size(); ++r) {
        loop.attempt(r, [&] {
            records[r].check_statistics(loop.epoch(), left_out[r]);
            records[r].add_epoch(loop.epoch(), losses[r], left_out[r], validation[r]);
        });
    }
}

void add_epoch(MlpReplicas& classifiers, std::vector<MlpRecord>& records, ReplicaLoop& loop,
               const std::vector<double>& losses) {
    const auto validation = classifiers.quality(DataPart::validation);
    for (std::size_t r = 0; r < records.size(); ++r) {
        loop.attempt(r, [&] { records[r].add_epoch(loop.epoch(), losses[r], validation[r]); });
    }
}

NamedArrays initial_state(const MafReplicas& flows, const RandomStream& stream) {
    return initial_maf_state(flows.architecture(), stream);
}
NamedArrays initial_state(const MlpReplicas& classifiers, const RandomStream& stream) {
    return initial_mlp_state(classifiers.architecture(), stream);
}

TrainedMaf result_of(const MafReplicas& flows, const MafRecord& record) {
    return record.result(flows.architecture());
}
TrainedMlp result_of(const MlpReplicas& /*classifiers*/, const MlpRecord& record) {
    return record.result();
}

// One replica's network as ml::detail::add_network knows a network.
struct OneOf {
    Replicas& replicas;
    std::size_t replica;
    [[nodiscard]] NamedArrays state() const { return replicas.state(replica); }
    [[nodiscard]] AdamMoments adam_moments() const { return replicas.adam_moments(replica); }
    void load(const NamedArrays& state) { replicas.load(replica, state); }
    void load_adam_moments(const AdamMoments& moments) {
        replicas.load_adam_moments(replica, moments);
    }
};

template <class Record>
void go_on(const TrainingState& kept, Replicas& networks, std::vector<Record>& records,
           ReplicaLoop& loop) {
    for (std::size_t r = 0; r < records.size(); ++r) {
        const TrainingState part = ReplicaLoop::part_of(kept, r);
        OneOf network{networks, r};
        ml::detail::restore_network(part, network);
        records[r].restore(part);
        loop.go_on_from(r, part);
    }
    log_info(records.size() == 1
                 ? concat("training: goes on in epoch ", loop.epoch())
                 : concat(records.size(), " trainings: go on in epoch ", loop.epoch()));
}

template <class Networks, class Record>
void run_epoch(Networks& networks, std::vector<Record>& records, ReplicaLoop& loop,
               std::size_t epoch) {
    const std::vector<double> losses = loop.run(epoch);
    loop.interruptibly([&] { add_epoch(networks, records, loop, losses); });
    // Not as an attempt: what fails here is the device, and with it all of them.
    for (std::size_t r = 0; r < records.size(); ++r) {
        if (!loop.failure(r).empty()) continue;
        records[r].offer_state(epoch, [&] { return networks.state(r); });
        loop.set_note(records[r].note());
    }
}

template <class Trained, class Networks, class Record>
std::vector<ReplicaResult<Trained>> train(Networks& networks, std::vector<Record> records,
                                          ReplicaLoop& loop, std::size_t epochs,
                                          const std::vector<Retraining>& trainings,
                                          TrainingKeeper* keeper) {
    if (const auto kept = keeper ? keeper->kept() : std::nullopt) {
        go_on(*kept, networks, records, loop);
    } else {
        // Index 0 of the stream gives the weights, index e the order of epoch e.
        for (std::size_t r = 0; r < records.size(); ++r)
            networks.load(r, initial_state(networks, trainings[r].stream.at(0)));
        add_untrained(networks, records, loop);
    }
    if (keeper) {
        loop.keep_with(*keeper, [&](std::size_t r, const auto& position) {
            TrainingState state;
            ml::detail::add_position(state, position);
            ml::detail::add_network(state, OneOf{networks, r});
            records[r].add_to(state);
            return state;
        });
    }
    for (std::size_t epoch = loop.epoch(); epoch <= epochs && !loop.all_failed(); ++epoch)
        run_epoch(networks, records, loop, epoch);
    std::vector<ReplicaResult<Trained>> results;
    for (std::size_t r = 0; r < records.size(); ++r) {
        results.push_back({.trained = {}, .failure = loop.failure(r)});
        if (results.back().failure.empty())
            results.back().trained = result_of(networks, records[r]);
    }
    return results;
}

// A source for each replica, called "flow 3" after its retraining.
template <class Data>
std::vector<ReplicaSource> sources(const std::string& what, const ReplicaData<Data>& data,
                                   const std::vector<Retraining>& trainings) {
    expects(trainings.size() == data.replicas, "a stream a replica");
    std::vector<ReplicaSource> all;
    for (std::size_t r = 0; r < data.replicas; ++r) {
        all.push_back({.name = concat(what, ' ', trainings[r].number),
                       .events = data.training_of(r).size(),
                       .stream = trainings[r].stream});
    }
    return all;
}

}  // namespace

std::vector<ReplicaResult<TrainedMaf>> train_maf_replicas(MafReplicas& flows,
                                                          const ReplicaData<FlowData>& data,
                                                          const MafTrainingOptions& options,
                                                          const std::vector<Retraining>& trainings,
                                                          int threads, TrainingKeeper* keeper) {
    require_no_problems("flow training", problems(options));
    bool single = false;
    for (const FlowData* one : data.training) {
        ml::detail::check_flow_data(flows.architecture(), *one, "training");
        single = single || ml::detail::ends_with_a_single_event(one->size(), options.batch_size);
    }
    if (single) ml::detail::warn_of_single_events();
    for (const FlowData* one : data.validation)
        ml::detail::check_flow_data(flows.architecture(), *one, "validation");
    const std::vector<ReplicaSource> all = sources("flow", data, trainings);
    std::vector<MafRecord> records;
    for (std::size_t r = 0; r < all.size(); ++r)
        records.emplace_back(all[r].name, options, all[r].events, data.validation_of(r).size());
    ReplicaLoop loop("flows", flows, all, options.batch_size, options.epochs, options.schedule,
                     threads);
    return train<TrainedMaf>(flows, std::move(records), loop, options.epochs, trainings, keeper);
}

std::vector<ReplicaResult<TrainedMlp>> train_mlp_replicas(MlpReplicas& classifiers,
                                                          const ReplicaData<ClassifierData>& data,
                                                          const MlpTrainingOptions& options,
                                                          const std::vector<Retraining>& trainings,
                                                          int threads, TrainingKeeper* keeper) {
    require_no_problems("classifier training", problems(options));
    for (const ClassifierData* one : data.training)
        ml::detail::check_classifier_data(classifiers.architecture(), *one, "training");
    for (const ClassifierData* one : data.validation)
        ml::detail::check_classifier_data(classifiers.architecture(), *one, "validation");
    const std::vector<ReplicaSource> all = sources("classifier", data, trainings);
    std::vector<MlpRecord> records;
    for (const ReplicaSource& source : all)
        records.emplace_back(source.name, options, classifiers.architecture());
    ReplicaLoop loop("classifiers", classifiers, all, options.batch_size, options.epochs,
                     options.schedule, threads);
    return train<TrainedMlp>(classifiers, std::move(records), loop, options.epochs, trainings,
                             keeper);
}

}  // namespace lacathode
