#include "lacathode/ml/mlp_training.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"
#include "ml/mlp_record.hpp"
#include "ml/network_state.hpp"
#include "ml/training_checks.hpp"

namespace lacathode {
namespace {

// Over all events of `data`.
ClassifierQuality quality(const MlpNetwork& classifier, const ClassifierData& data) {
    const std::vector<float> logits = classifier.logits(data.x);
    return {.loss = weighted_cross_entropy(logits, data),
            .accuracy = weighted_accuracy(logits, data)};
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
          record_("classifier", options, classifier.architecture()),
          loop_("classifier", training.size(), options.batch_size, options.epochs, options.schedule,
                stream) {}

    void untrained() {
        record_.add_untrained(quality(classifier_, training_).loss,
                              quality(classifier_, validation_));
        loop_.set_note(record_.note());
    }

    void run(std::size_t epoch) {
        const double training_loss = loop_.run(epoch, [&](auto rows, double rate_factor) {
            classifier_.scale_learning_rate(rate_factor);
            return classifier_.training_step(training_, rows);
        });
        loop_.keeping_state(
            [&] { record_.add_epoch(epoch, training_loss, quality(classifier_, validation_)); });
        loop_.set_note(record_.note());
        record_.offer_state(epoch, [&] { return classifier_.state(); });
    }

    void keep_with(TrainingKeeper& keeper) {
        loop_.keep_with(keeper, [this](const auto& position) { return state(position); });
    }

    /// Returns the epoch to go on in.
    std::size_t restore(const TrainingState& state) {
        const ml::detail::EpochPosition position = ml::detail::position_of(state);
        ml::detail::restore_network(state, classifier_);
        record_.restore(state);
        loop_.go_on_from(position);
        log_info(concat("classifier: goes on in epoch ", position.epoch, ", after ",
                        position.batches, " batches"));
        return position.epoch;
    }

    [[nodiscard]] TrainedMlp result() const { return record_.result(); }

  private:
    [[nodiscard]] TrainingState state(const ml::detail::EpochPosition& position) const {
        TrainingState state;
        ml::detail::add_position(state, position);
        ml::detail::add_network(state, classifier_);
        record_.add_to(state);
        return state;
    }

    MlpNetwork& classifier_;
    const ClassifierData& training_;
    const ClassifierData& validation_;
    ml::detail::MlpRecord record_;
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
    ml::detail::check_classifier_data(classifier.architecture(), training, "training");
    ml::detail::check_classifier_data(classifier.architecture(), validation, "validation");
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
