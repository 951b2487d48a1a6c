#include "lacathode/ml/mlp_training.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"
#include "ml/network_state.hpp"

namespace lacathode {
namespace {

double weighted_loss(std::span<const float> logits, const ClassifierData& data, const char* what,
                     std::size_t epoch) {
    const double loss = weighted_cross_entropy(logits, data);
    if (std::isfinite(loss)) return loss;
    throw NumericalError(concat("the ", what, " loss of the classifier is ", loss, " in epoch ",
                                epoch, "; try a lower learning rate"));
}

void check_data(const MlpNetwork& classifier, const ClassifierData& data, const std::string& what) {
    expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
            "inputs, targets and weights have as many rows");
    ml::detail::require_finite_data("classifier " + what + " weights", data.weight);
    expects(data.x.cols() == classifier.architecture().inputs,
            "data and classifier agree on the inputs");
    ml::detail::require_finite_data("classifier " + what + " inputs", data.x.values());
}

// One training in progress: everything that an epoch adds to.
class MlpTrainingRun {
  public:
    MlpTrainingRun(MlpNetwork& classifier, const ClassifierData& training,
                   const ClassifierData& validation, const MlpTrainingOptions& options,
                   const RandomStream& stream)
        : classifier_(classifier),
          training_(training),
          validation_(validation),
          best_(kept_checkpoints(options.keep_best, options.epochs)),
          loop_("classifier", training.size(), options.batch_size, options.epochs, options.schedule,
                stream) {
        result_.architecture = classifier.architecture();
    }

    void untrained() {
        record(0, weighted_loss(classifier_.logits(training_.x), training_, "training", 0));
    }

    void run(std::size_t epoch) {
        const double training_loss = loop_.run(epoch, [&](auto rows, double rate_factor) {
            classifier_.scale_learning_rate(rate_factor);
            return classifier_.training_step(training_, rows);
        });
        loop_.finish([&] { record(epoch, training_loss); });
        best_.offer(epoch, result_.validation_loss.back(), [&] { return classifier_.state(); });
    }

    void keep_with(TrainingKeeper& keeper) {
        loop_.keep_with(keeper, [this](const auto& position) { return state(position); });
    }

    /// Returns the epoch to go on in.
    std::size_t restore(const TrainingState& state) {
        const ml::detail::EpochPosition position = ml::detail::position_of(state);
        ml::detail::restore_network(state, classifier_);
        ml::detail::restore_best(state, best_);
        result_.training_loss = state.numbers_of("training_loss");
        result_.validation_loss = state.numbers_of("validation_loss");
        result_.validation_accuracy = state.numbers_of("validation_accuracy");
        loop_.go_on_from(position);
        log_info(concat("classifier: goes on in epoch ", position.epoch, ", after ",
                        position.batches, " batches"));
        return position.epoch;
    }

    [[nodiscard]] TrainedMlp result() {
        result_.best = best_.ranked();
        return std::move(result_);
    }

  private:
    [[nodiscard]] TrainingState state(const ml::detail::EpochPosition& position) const {
        TrainingState state;
        ml::detail::add_position(state, position);
        ml::detail::add_network(state, classifier_);
        ml::detail::add_best(state, best_);
        state.numbers.emplace_back("training_loss", result_.training_loss);
        state.numbers.emplace_back("validation_loss", result_.validation_loss);
        state.numbers.emplace_back("validation_accuracy", result_.validation_accuracy);
        return state;
    }

    void record(std::size_t epoch, double training_loss) {
        const std::vector<float> logits = classifier_.logits(validation_.x);
        const double loss = weighted_loss(logits, validation_, "validation", epoch);
        result_.training_loss.push_back(training_loss);
        result_.validation_loss.push_back(loss);
        result_.validation_accuracy.push_back(weighted_accuracy(logits, validation_));
        const std::string note =
            concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ", loss);
        log_debug("classifier " + note);
        loop_.set_note(note);
    }

    MlpNetwork& classifier_;
    const ClassifierData& training_;
    const ClassifierData& validation_;
    TrainedMlp result_;
    BestCheckpoints best_;
    ml::detail::EpochLoop loop_;
};

class MlpEnsemble final : public Scorer {
  public:
    MlpEnsemble(std::unique_ptr<MlpNetwork> network, std::vector<Checkpoint> checkpoints)
        : network_(std::move(network)), checkpoints_(std::move(checkpoints)) {
        if (checkpoints_.empty()) {
            throw UsageError("the classifier's ensemble is empty; keep at least one epoch");
        }
    }

    [[nodiscard]] std::size_t inputs() const override { return network_->architecture().inputs; }

    [[nodiscard]] std::vector<float> score(const Matrix<float>& x) const override {
        std::vector<double> sum(x.rows(), 0.0);
        for (const Checkpoint& checkpoint : checkpoints_) {
            network_->load(checkpoint.state);
            const std::vector<float> logits = network_->logits(x);
            for (std::size_t row = 0; row < sum.size(); ++row) sum[row] += sigmoid(logits[row]);
        }
        std::vector<float> scores(sum.size());
        std::ranges::transform(sum, scores.begin(), [&](double total) {
            return static_cast<float>(total / static_cast<double>(checkpoints_.size()));
        });
        return scores;
    }

  private:
    std::unique_ptr<MlpNetwork> network_;
    std::vector<Checkpoint> checkpoints_;
};

}  // namespace

TrainedMlp train_mlp(MlpNetwork& classifier, const ClassifierData& training,
                     const ClassifierData& validation, const MlpTrainingOptions& options,
                     const RandomStream& stream, TrainingKeeper* keeper) {
    require_no_problems("classifier training", problems(options));
    check_data(classifier, training, "training");
    check_data(classifier, validation, "validation");
    MlpTrainingRun run(classifier, training, validation, options, stream);
    const std::optional<TrainingState> kept = keeper ? keeper->kept() : std::nullopt;
    std::size_t first = 1;
    if (kept) {
        first = run.restore(*kept);
    } else {
        // Index 0 of the stream gives the weights, index e the order of epoch e.
        classifier.load(initial_mlp_state(classifier.architecture(), stream.at(0)));
        run.untrained();
    }
    if (keeper) run.keep_with(*keeper);
    for (std::size_t epoch = first; epoch <= options.epochs; ++epoch) run.run(epoch);
    return run.result();
}

std::unique_ptr<Scorer> make_mlp_ensemble(std::unique_ptr<MlpNetwork> network,
                                          std::vector<Checkpoint> checkpoints) {
    return std::make_unique<MlpEnsemble>(std::move(network), std::move(checkpoints));
}

}  // namespace lacathode
