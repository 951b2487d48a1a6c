// The training of the flow: epochs, losses, best states.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/ml/training_state.hpp"

namespace lacathode {

/// How long and how a flow is trained. The defaults are the papers'.
struct MafTrainingOptions {
    std::size_t epochs = 100;
    std::size_t batch_size = 256;  ///< at least 2: batch norm compares events
    std::size_t keep_best = 0;     ///< checkpoints kept, as kept_checkpoints says
    LearningRateSchedule schedule = LearningRateSchedule::constant;
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const MafTrainingOptions& options);

/// Scales the weights of a training set to the mean 1 (docs/method.md (3.10)); does nothing where
/// there are none. Throws InputError if they are not finite or their sum is not positive.
void set_mean_weight_one(FlowData& training);
/// Throws as that of a set that is called `what` ("validation").
void require_positive_weights(const FlowData& data, const std::string& what);

/// Losses of every epoch; index 0 is the untrained flow.
struct FlowLosses {
    std::vector<double> training;    ///< [epochs + 1] mean over the epoch's events, each in its
                                     ///< batch's training mode; index 0: evaluation mode
    std::vector<double> validation;  ///< [epochs + 1] mean over the finite validation events
    /// [epochs + 1] validation events with log p not finite or |log p| >= 1000
    std::vector<std::uint64_t> validation_left_out;
    /// [epochs + 1] training events that the batch norms' statistics leave out (far outliers)
    std::vector<std::uint64_t> statistics_left_out;
};

struct TrainedMaf {
    MafArchitecture architecture;
    FlowLosses losses;
    std::vector<Checkpoint> best;  ///< ascending validation loss (ties: the earlier epoch first)
};

/// Trains `flow` on `training` and selects on `validation` (both sideband only). `stream` gives the
/// initial weights and the order of events; the mean of training weights is 1
/// (set_mean_weight_one). Shows progress; can be interrupted (throws Interrupted). Throws
/// InputError for empty or non-finite data, or weights whose sum is not positive; NumericalError
/// naming epoch and batch for a non-finite training loss, or naming the epoch when more than 1e-3
/// of the validation events are left out; UsageError for impossible options. Afterwards `flow`
/// holds the last epoch's state, not the best one's. `keeper` may be null; with one, the training
/// goes on from what was kept, and the result is the same as without a stop.
TrainedMaf train_maf(MafNetwork& flow, const FlowData& training, const FlowData& validation,
                     const MafTrainingOptions& options, const RandomStream& stream,
                     TrainingKeeper* keeper = nullptr);

}  // namespace lacathode
