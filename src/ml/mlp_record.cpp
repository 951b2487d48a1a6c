#include "ml/mlp_record.hpp"

#include <cmath>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "ml/network_state.hpp"

namespace lacathode::ml::detail {
namespace {

void require_finite_loss(double loss, const char* what, std::size_t epoch) {
    if (std::isfinite(loss)) return;
    throw NumericalError(concat("the ", what, " loss of the classifier is ", loss, " in epoch ",
                                epoch, "; try a lower learning rate"));
}

}  // namespace

MlpRecord::MlpRecord(std::string name, const MlpTrainingOptions& options,
                     const MlpArchitecture& architecture)
    : name_(std::move(name)), best_(kept_checkpoints(options.keep_best, options.epochs)) {
    result_.architecture = architecture;
}

void MlpRecord::add_untrained(double training_loss, const ClassifierQuality& validation) {
    require_finite_loss(training_loss, "training", 0);
    add_epoch(0, training_loss, validation);
}

void MlpRecord::add_epoch(std::size_t epoch, double training_loss,
                          const ClassifierQuality& validation) {
    require_finite_loss(validation.loss, "validation", epoch);
    result_.training_loss.push_back(training_loss);
    result_.validation_loss.push_back(validation.loss);
    result_.validation_accuracy.push_back(validation.accuracy);
    note_ = concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ",
                   validation.loss);
    log_debug(concat(name_, ' ', note_));
}

void MlpRecord::add_to(TrainingState& state) const {
    add_best(state, best_);
    state.numbers.emplace_back("training_loss", result_.training_loss);
    state.numbers.emplace_back("validation_loss", result_.validation_loss);
    state.numbers.emplace_back("validation_accuracy", result_.validation_accuracy);
}

void MlpRecord::restore(const TrainingState& state) {
    restore_best(state, best_);
    result_.training_loss = state.numbers_of("training_loss");
    result_.validation_loss = state.numbers_of("validation_loss");
    result_.validation_accuracy = state.numbers_of("validation_accuracy");
}

TrainedMlp MlpRecord::result() const {
    TrainedMlp trained = result_;
    trained.best = best_.ranked();
    return trained;
}

}  // namespace lacathode::ml::detail
