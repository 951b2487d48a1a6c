// What both trainings share: shuffled batches, the mean loss, progress, interrupts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/progress.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/ml/training_state.hpp"

namespace lacathode::ml::detail {

/// A place between two batches.
struct EpochPosition {
    std::size_t epoch = 1;
    std::size_t batches = 0;  ///< of the epoch that are done
    double loss_sum = 0;      ///< over their events
};

class EpochLoop {
  public:
    /// `what` is trained ("flow"); sizes are > 0. Epoch e shuffles with `stream.at(e)`.
    EpochLoop(std::string what, std::size_t events, std::size_t batch_size, std::size_t epochs,
              LearningRateSchedule schedule, const RandomStream& stream);

    /// One batch: takes its rows and the factor on the learning rate, returns its mean loss.
    using Step = std::function<double(std::span<const std::uint32_t> rows, double rate_factor)>;

    /// Where the training goes on: run(position.epoch) leaves out the batches that are done.
    void go_on_from(const EpochPosition& position);
    /// Before every batch the keeper is asked, and what `state` says of a position is kept.
    void keep_with(TrainingKeeper& keeper,
                   std::function<TrainingState(const EpochPosition&)> state) {
        keeper_ = &keeper;
        state_ = std::move(state);
    }

    /// Calls `step` for every batch of a fresh shuffle. Returns the mean loss over the events.
    /// Throws NumericalError (epoch, batch) if it is not finite.
    double run(std::size_t epoch, const Step& step);

    /// Calls `work` between two batches. If it is interrupted, the state is kept unless that has
    /// been done: work may change no more of it than what it computes anew when it is called again.
    void keeping_state(const std::function<void()>& work);

    /// The losses shown beside the time left.
    void set_note(std::string note) { note_ = std::move(note); }

  private:
    [[nodiscard]] std::size_t batches() const {
        return (order_.size() + batch_size_ - 1) / batch_size_;
    }
    void keep_if_due();
    void check_finite(double loss, std::size_t epoch, std::size_t batch,
                      std::span<const std::uint32_t> rows) const;

    std::string what_;
    std::size_t batch_size_;
    std::size_t epochs_;
    LearningRateSchedule schedule_;
    RandomStream stream_;
    std::vector<std::uint32_t> order_;
    Progress progress_;
    EpochPosition position_;
    TrainingKeeper* keeper_ = nullptr;
    std::function<TrainingState(const EpochPosition&)> state_;
    std::string note_;
};

/// Says that the loss of `batch` (from 0) of `batches`, these rows, is not finite.
std::string non_finite_loss(const std::string& what, double loss, std::size_t epoch,
                            std::size_t batch, std::size_t batches,
                            std::span<const std::uint32_t> rows);

/// Throws InputError if `values` holds a number that is not finite, or is empty.
/// `what`: "flow training features", for the message, which tells row and column of `cols`.
void require_finite_data(const std::string& what, std::span<const float> values,
                         std::size_t cols = 1);

}  // namespace lacathode::ml::detail
