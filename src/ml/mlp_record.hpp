// What one training of a perceptron has come to so far: the losses of its epochs and the best
// states.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "lacathode/ml/mlp_training.hpp"
#include "lacathode/ml/replicas.hpp"

namespace lacathode::ml::detail {

class MlpRecord {
  public:
    /// Of a training of that name ("classifier").
    MlpRecord(std::string name, const MlpTrainingOptions& options,
              const MlpArchitecture& architecture);

    /// Of the untrained network. Throws NumericalError as add_epoch does.
    void add_untrained(double training_loss, const ClassifierQuality& validation);
    /// Throws NumericalError if the validation loss is not finite.
    void add_epoch(std::size_t epoch, double training_loss, const ClassifierQuality& validation);
    /// The state of the last epoch, asked for if it is one of the best.
    void offer_state(std::size_t epoch, const std::function<NamedArrays()>& state) {
        best_.offer(epoch, result_.validation_loss.back(), state);
    }

    void add_to(TrainingState& state) const;
    void restore(const TrainingState& state);

    /// The losses of the last epoch, for people.
    [[nodiscard]] const std::string& note() const { return note_; }
    [[nodiscard]] TrainedMlp result() const;

  private:
    std::string name_;
    TrainedMlp result_;  // but for the best states
    BestCheckpoints best_;
    std::string note_;
};

}  // namespace lacathode::ml::detail
