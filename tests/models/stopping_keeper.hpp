// Trainings that are stopped and go on.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "lacathode/ml/training_state.hpp"

namespace lacathode::test {

struct Stopped {};

/// Keeps the state before batch `stop` of what is left, and ends the training there.
class StoppingKeeper final : public TrainingKeeper {
  public:
    StoppingKeeper(std::optional<TrainingState> before, std::size_t stop)
        : state_(std::move(before)), stop_(stop) {}

    std::optional<TrainingState> kept() override { return state_; }
    bool is_due() override { return asked_++ == stop_; }
    void keep(const TrainingState& state) override {
        state_ = state;
        throw Stopped();
    }
    [[nodiscard]] const std::optional<TrainingState>& state() const { return state_; }

  private:
    std::optional<TrainingState> state_;
    std::size_t stop_;
    std::size_t asked_ = 0;
};

/// Stops after as many batches each, and lets the rest run; train(keeper) is one process.
template <class Train>
auto with_stops(const std::vector<std::size_t>& stops, const Train& train) {
    std::optional<TrainingState> state;
    for (const std::size_t stop : stops) {
        StoppingKeeper keeper(state, stop);
        EXPECT_THROW(train(&keeper), Stopped) << "stops before it is done";
        state = keeper.state();
    }
    constexpr std::size_t never = 1'000'000;
    StoppingKeeper keeper(state, never);
    return train(&keeper);
}

}  // namespace lacathode::test
