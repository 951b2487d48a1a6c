// Several networks of one architecture that are trained side by side, as one computation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <utility>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/classifier_data.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode {

/// The events of R replicas: one set that all share, or one each.
template <class Data>
struct ReplicaData {
    std::size_t replicas = 1;             ///< R
    std::vector<const Data*> training;    ///< [1] or [R]
    std::vector<const Data*> validation;  ///< [1] or [R]

    [[nodiscard]] const Data& training_of(std::size_t replica) const {
        return *training.at(training.size() == 1 ? 0 : replica);
    }
    [[nodiscard]] const Data& validation_of(std::size_t replica) const {
        return *validation.at(validation.size() == 1 ? 0 : replica);
    }
};

/// Of the sets of each replica [R], which may be the same: held once if all are.
template <class Data>
ReplicaData<Data> replica_data(std::vector<const Data*> training,
                               std::vector<const Data*> validation) {
    ReplicaData<Data> data{training.size(), std::move(training), std::move(validation)};
    for (std::vector<const Data*>* sets : {&data.training, &data.validation})
        if (std::ranges::count(*sets, sets->front()) == std::ranges::ssize(*sets)) sets->resize(1);
    return data;
}

/// The same of R members, each with its sets in `sets()`: `training` and `validation`.
template <class Data, std::ranges::input_range Members>
ReplicaData<Data> replica_data(const Members& members) {
    std::vector<const Data*> training;
    std::vector<const Data*> validation;
    for (const auto& one : members) {
        training.push_back(&one.sets().training);
        validation.push_back(&one.sets().validation);
    }
    return replica_data(std::move(training), std::move(validation));
}

/// What an epoch of R replicas does. Replicas of fewer events have fewer batches.
struct ReplicaEpoch {
    std::size_t batch_size;
    std::vector<std::vector<std::uint32_t>> orders;  ///< [R][N_r] rows of each one's events
    std::vector<std::vector<double>> rate_factors;   ///< [R][batches_r] on the learning rate
};

enum class DataPart { training, validation };

/// R networks that know nothing of each other: one whose numbers are no longer finite leaves the
/// others as they are. States and moments as those of the single network.
class Replicas {
  public:
    virtual ~Replicas() = default;

    /// R
    [[nodiscard]] virtual std::size_t count() const = 0;
    [[nodiscard]] virtual NamedArrays state(std::size_t replica) const = 0;
    /// Throws InputError if an array is missing or misshapen. Resets Adam.
    virtual void load(std::size_t replica, const NamedArrays& state) = 0;
    [[nodiscard]] virtual AdamMoments adam_moments(std::size_t replica) const = 0;
    virtual void load_adam_moments(std::size_t replica, const AdamMoments& moments) = 0;

    /// Before the epoch's first step, which is the one on batch `first`. All epochs have the same
    /// numbers of events and batches.
    virtual void begin_epoch(const ReplicaEpoch& epoch, std::size_t first) = 0;
    /// One Adam step of every replica that has such a batch. Batches come in order; the call may
    /// return before the step is done.
    virtual void training_step(std::size_t batch) = 0;
    /// The mean loss of each batch that was stepped on since begin_epoch, before its step, float64;
    /// of no meaning where a replica has no such batch. Waits for the steps. [batches, R]
    [[nodiscard]] virtual Matrix<double> batch_losses() const = 0;
};

class MafReplicas : public Replicas {
  public:
    [[nodiscard]] virtual const MafArchitecture& architecture() const = 0;
    /// MafNetwork::set_population_statistics on the training events of each. [R]
    virtual std::vector<std::uint64_t> set_population_statistics() = 0;
    /// Over the events of a part, with stored statistics. [R]
    [[nodiscard]] virtual std::vector<LogProbSum> log_prob_sums(DataPart part) const = 0;
};

/// Means over a part's events, as weighted_cross_entropy and weighted_accuracy give them.
struct ClassifierQuality {
    double loss = 0;
    double accuracy = 0;
};

class MlpReplicas : public Replicas {
  public:
    [[nodiscard]] virtual const MlpArchitecture& architecture() const = 0;
    [[nodiscard]] virtual std::vector<ClassifierQuality> quality(DataPart part) const = 0;
};

}  // namespace lacathode
