// The training of the classifier and its ensemble over the best epochs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/ml/classifier.hpp"

namespace lacathode {

/// The defaults are the papers'.
struct ClassifierTrainingOptions {
    std::size_t epochs = 100;
    std::size_t batch_size = 128;
    std::size_t keep_best = 10;  ///< epochs averaged in the score; at most epochs
};

struct ClassifierCheckpoint {
    std::size_t epoch = 0;  ///< 1 to epochs
    double validation_loss = 0;
    NamedArrays state;
};

struct TrainedClassifier {
    ClassifierArchitecture architecture;
    std::vector<double> training_loss;       ///< [epochs + 1]; index 0: untrained
    std::vector<double> validation_loss;     ///< [epochs + 1]
    std::vector<ClassifierCheckpoint> best;  ///< ascending validation loss
};

/// Sets weight N / (2 N_c) of every event, c its target (METHOD, section 5). Throws InputError if a
/// class is empty.
void set_class_weights(ClassifierData& data);

/// Trains `classifier` from initial weights drawn from `stream`, which also gives the order of
/// events. Throws UsageError if keep_best exceeds epochs, NumericalError (epoch, batch) for a
/// non-finite loss. Validation loss: weighted mean BCE over all validation events, float64 sum.
TrainedClassifier train_classifier(Classifier& classifier, const ClassifierData& training,
                                   const ClassifierData& validation,
                                   const ClassifierTrainingOptions& options,
                                   const RandomStream& stream);

/// Mean of the sigmoid outputs of `states` (the kept epochs) for each row of standardised inputs;
/// loads each state into `classifier` in turn. [N]
std::vector<float> ensemble_score(Classifier& classifier,
                                  std::span<const ClassifierCheckpoint> states,
                                  const Matrix<float>& x);

}  // namespace lacathode
