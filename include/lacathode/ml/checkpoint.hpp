// The states of the best epochs of a training.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "lacathode/core/named_arrays.hpp"

namespace lacathode {

/// A network as it was after one epoch.
struct Checkpoint {
    std::size_t epoch = 0;  ///< 1 to epochs
    double validation_loss = 0;
    NamedArrays state;
};

/// How many checkpoints a training keeps: `keep_best`, or, if that is 0, ten or as many as there
/// are epochs. A number that was asked for is never changed; problems() of the options judges it.
std::size_t kept_checkpoints(std::size_t keep_best, std::size_t epochs);

/// Keeps the `count` checkpoints of lowest validation loss. Of equal losses the earlier epoch is
/// the better one.
class BestCheckpoints {
  public:
    /// `count` > 0.
    explicit BestCheckpoints(std::size_t count);

    /// Asks for the state, and copies it, only if the loss is among the best so far. The loss must
    /// be finite and the epochs must come in ascending order.
    void offer(std::size_t epoch, double validation_loss,
               const std::function<NamedArrays()>& state);
    /// Goes on from what ranked() once was.
    void restore(std::vector<Checkpoint> ranked) { ranked_ = std::move(ranked); }
    /// Ascending validation loss.
    [[nodiscard]] const std::vector<Checkpoint>& ranked() const noexcept { return ranked_; }

  private:
    std::size_t count_;
    std::vector<Checkpoint> ranked_;
};

}  // namespace lacathode
