// What one training of a flow has come to so far: the losses of its epochs and the best states.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "lacathode/ml/maf_training.hpp"

namespace lacathode::ml::detail {

class MafRecord {
  public:
    /// Of a training of that name ("flow") on so many events.
    MafRecord(std::string name, const MafTrainingOptions& options, std::size_t training_events,
              std::size_t validation_events);

    /// Throws NumericalError if the batch norms' statistics leave out too many events.
    void check_statistics(std::size_t epoch, std::uint64_t left_out) const;
    /// Of the untrained flow. This and add_epoch throw NumericalError when too many events are left
    /// out of a loss.
    void add_untrained(std::uint64_t statistics_left_out, const LogProbSum& training,
                       const LogProbSum& validation);
    void add_epoch(std::size_t epoch, double training_loss, std::uint64_t statistics_left_out,
                   const LogProbSum& validation);
    /// The state of the last epoch, asked for if it is one of the best.
    void offer_state(std::size_t epoch, const std::function<NamedArrays()>& state) {
        best_.offer(epoch, losses_.validation.back(), state);
    }

    void add_to(TrainingState& state) const;
    void restore(const TrainingState& state);

    /// The losses of the last epoch, for people.
    [[nodiscard]] const std::string& note() const { return note_; }
    [[nodiscard]] TrainedMaf result(const MafArchitecture& architecture) const;

  private:
    std::string name_;
    std::size_t training_events_;
    std::size_t validation_events_;
    FlowLosses losses_;
    BestCheckpoints best_;
    std::string note_;
};

}  // namespace lacathode::ml::detail
