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
    std::vector<std::size_t> hidden = {64, 64, 64};
    AdamOptions adam{.learning_rate = 1e-3, .weight_decay = 0};
};

struct ClassifierCheckpoint {
    std::size_t epoch = 0;  ///< 1 to epochs
    double validation_loss = 0;
    NamedArrays state;
};

struct TrainedClassifier {
    ClassifierArchitecture architecture;
    std::vector<double> training_loss;    ///< [epochs + 1]; index 0: untrained
    std::vector<double> validation_loss;  ///< [epochs + 1]
    std::vector<ClassifierCheckpoint> best;  ///< ascending validation loss
};

/// Sets weight N / (2 N_c) of every event, c its target (METHOD, section 5). Throws InputError if a class is empty.
void set_class_weights(ClassifierData& data);

/// Throws UsageError if keep_best exceeds epochs, NumericalError (epoch, batch) for a non-finite loss.
/// Deterministic in `stream`.
TrainedClassifier train_classifier(const ClassifierData& training, const ClassifierData& validation,
                                   const ClassifierTrainingOptions& options, const Execution& execution,
                                   const RandomStream& stream);

/// Mean of the sigmoid outputs of `states` (the kept epochs) for each row of standardised inputs. [N]
std::vector<float> ensemble_score(const ClassifierArchitecture& architecture, std::span<const ClassifierCheckpoint> states,
                                  const Matrix<float>& x, const Execution& execution);

}  // namespace lacathode
