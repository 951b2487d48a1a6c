// The training of the classifier and its ensemble over the best epochs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/ml/classifier.hpp"

namespace lacathode {

/// The defaults are the papers'.
struct ClassifierTrainingOptions {
    std::size_t epochs = 100;
    std::size_t batch_size = 128;
    std::size_t keep_best = 10;  ///< epochs averaged in the score; at most epochs
    LearningRateSchedule schedule = LearningRateSchedule::constant;
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const ClassifierTrainingOptions& options);

using ClassifierCheckpoint = Checkpoint;

struct TrainedClassifier {
    ClassifierArchitecture architecture;
    std::vector<double> training_loss;       ///< [epochs + 1]; index 0: untrained
    std::vector<double> validation_loss;     ///< [epochs + 1]
    std::vector<ClassifierCheckpoint> best;  ///< ascending validation loss
};

/// Sets weight N / (2 N_c) of every event, c its target (METHOD, section 5). Throws InputError if a
/// class is empty.
void set_class_weights(ClassifierData& data);
/// The same from the counts of `training`, for both: validation losses then estimate the same mean.
void set_class_weights(ClassifierData& training, ClassifierData& validation);

/// Trains `classifier` from initial weights drawn from `stream`, which also gives the order of
/// events. Throws UsageError for impossible options, InputError for empty or non-finite data,
/// NumericalError (epoch, batch) for a non-finite loss. Validation loss: mean of weight_i * BCE_i
/// over all validation events (divided by their number, as in training), float64 sum.
TrainedClassifier train_classifier(Classifier& classifier, const ClassifierData& training,
                                   const ClassifierData& validation,
                                   const ClassifierTrainingOptions& options,
                                   const RandomStream& stream);

/// Mean of the sigmoid outputs of `states` (the kept epochs) for each row of standardised inputs;
/// loads each state into `classifier` in turn. Throws UsageError if there is none. [N]
std::vector<float> ensemble_score(Classifier& classifier,
                                  std::span<const ClassifierCheckpoint> states,
                                  const Matrix<float>& x);

}  // namespace lacathode
