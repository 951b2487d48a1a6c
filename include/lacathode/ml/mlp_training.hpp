// The training of the perceptron, and its ensemble over the best epochs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/mlp.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/ml/scorer.hpp"
#include "lacathode/ml/training_state.hpp"

namespace lacathode {

/// The defaults are the papers'.
struct MlpTrainingOptions {
    std::size_t epochs = 100;
    std::size_t batch_size = 128;
    std::size_t keep_best = 0;  ///< epochs averaged in the score, as kept_checkpoints says
    LearningRateSchedule schedule = LearningRateSchedule::constant;
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const MlpTrainingOptions& options);

struct TrainedMlp {
    MlpArchitecture architecture;
    std::vector<double> training_loss;    ///< [epochs + 1]; index 0: untrained
    std::vector<double> validation_loss;  ///< [epochs + 1]
    /// [epochs + 1] of the validation events (weighted_accuracy); empty in files of before 0.2
    std::vector<double> validation_accuracy;
    std::vector<Checkpoint> best;  ///< ascending validation loss
};

/// Trains `classifier` from initial weights drawn from `stream`, which also gives the order of
/// events. Throws UsageError for impossible options, InputError for empty or non-finite data,
/// NumericalError (epoch, batch) for a non-finite loss. Validation loss: mean of weight_i * BCE_i
/// over all validation events (divided by their number, as in training), float64 sum. `keeper` as
/// for train_maf.
TrainedMlp train_mlp(MlpNetwork& classifier, const ClassifierData& training,
                     const ClassifierData& validation, const MlpTrainingOptions& options,
                     const RandomStream& stream, TrainingKeeper* keeper = nullptr);

/// The mean of the sigmoid outputs of the checkpoints (the kept epochs). Throws UsageError if there
/// is none.
std::unique_ptr<Scorer> make_mlp_ensemble(std::unique_ptr<MlpNetwork> network,
                                          std::vector<Checkpoint> checkpoints);

}  // namespace lacathode
