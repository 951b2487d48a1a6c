#include "lacathode/ml/mlp_training.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"

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
                     const RandomStream& stream) {
    require_no_problems("classifier training", problems(options));
    check_data(classifier, training, "training");
    check_data(classifier, validation, "validation");
    // Index 0 of the stream gives the weights, index e the order of epoch e.
    classifier.load(initial_mlp_state(classifier.architecture(), stream.at(0)));

    ml::detail::EpochLoop loop("classifier", training.size(), options.batch_size, options.epochs,
                               options.schedule, stream);
    TrainedMlp result{classifier.architecture(), {}, {}, {}, {}};
    BestCheckpoints best(kept_checkpoints(options.keep_best, options.epochs));
    const auto record = [&](std::size_t epoch, double training_loss) {
        const std::vector<float> logits = classifier.logits(validation.x);
        const double loss = weighted_loss(logits, validation, "validation", epoch);
        result.training_loss.push_back(training_loss);
        result.validation_loss.push_back(loss);
        result.validation_accuracy.push_back(weighted_accuracy(logits, validation));
        const std::string note =
            concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ", loss);
        log_debug("classifier " + note);
        loop.set_note(note);
    };
    record(0, weighted_loss(classifier.logits(training.x), training, "training", 0));
    for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
        record(epoch, loop.run(epoch, [&](auto rows, double rate_factor) {
            classifier.scale_learning_rate(rate_factor);
            return classifier.training_step(training, rows);
        }));
        best.offer(epoch, result.validation_loss.back(), [&] { return classifier.state(); });
    }
    result.best = best.ranked();
    return result;
}

std::unique_ptr<Scorer> make_mlp_ensemble(std::unique_ptr<MlpNetwork> network,
                                          std::vector<Checkpoint> checkpoints) {
    return std::make_unique<MlpEnsemble>(std::move(network), std::move(checkpoints));
}

}  // namespace lacathode
