// The epochs of replicas: shuffled batches, mean losses, those that diverged, progress, interrupts.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/progress.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/ml/replicas.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/ml/training_state.hpp"
#include "ml/epoch_loop.hpp"

namespace lacathode::ml::detail {

/// What one replica is made of beside its network.
struct ReplicaSource {
    std::string name;     ///< "flow 3"
    std::size_t events;   ///< N_r > 0
    RandomStream stream;  ///< epoch e shuffles with stream.at(e), as in a training alone
};

class ReplicaLoop {
  public:
    ReplicaLoop(const std::string& what, Replicas& replicas, std::vector<ReplicaSource> sources,
                std::size_t batch_size, std::size_t epochs, LearningRateSchedule schedule,
                int threads);

    /// Before every batch the keeper is asked, and what `state` says of each replica at a position
    /// is kept, its names behind "replica_R/".
    using State = std::function<TrainingState(std::size_t replica, const EpochPosition& position)>;
    void keep_with(TrainingKeeper& keeper, State state) {
        keeper_ = &keeper;
        state_ = std::move(state);
    }
    /// What was kept of one replica.
    [[nodiscard]] static TrainingState part_of(const TrainingState& state, std::size_t replica);
    /// Where the training goes on; of replica 0 first.
    void go_on_from(std::size_t replica, const TrainingState& part);

    /// Steps on every batch of a fresh shuffle. Returns the mean loss over the events of each
    /// replica; one whose loss is not finite has failed. [R]
    std::vector<double> run(std::size_t epoch);
    /// As EpochLoop::keeping_state.
    void interruptibly(const std::function<void()>& work);

    /// Calls `work` unless the replica has failed; a NumericalError is how it fails.
    void attempt(std::size_t replica, const std::function<void()>& work);
    /// Why the replica has failed; empty: it has not.
    [[nodiscard]] const std::string& failure(std::size_t replica) const {
        return failures_[replica];
    }
    [[nodiscard]] bool all_failed() const;
    [[nodiscard]] std::size_t epoch() const { return epoch_; }
    /// The losses shown beside the time left.
    void set_note(std::string note) { note_ = std::move(note); }

  private:
    [[nodiscard]] std::size_t batches(std::size_t replica) const;
    [[nodiscard]] ReplicaEpoch epoch_plan(std::size_t epoch) const;
    void add_losses();
    void keep_if_due();

    Replicas& replicas_;
    std::vector<ReplicaSource> sources_;
    std::size_t batch_size_;  // rows of every step: a replica alone rounds as it does here
    std::size_t epochs_;
    LearningRateSchedule schedule_;
    int threads_;
    std::size_t most_batches_;
    ReplicaEpoch plan_ = {};
    std::size_t epoch_ = 1;
    std::size_t done_ = 0;           // batches of the epoch
    std::size_t added_ = 0;          // batches whose losses are in the sums
    std::vector<double> loss_sums_;  // [R] over the events of these batches
    std::vector<std::string> failures_;
    Progress progress_;
    TrainingKeeper* keeper_ = nullptr;
    State state_;
    std::string note_;
};

}  // namespace lacathode::ml::detail
