#include "lacathode/ml/classifier_training.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "ml/epoch_loop.hpp"

namespace lacathode {
namespace {

// log(1 + exp(z)) - target z: binary cross entropy from the logit, stable for any z.
double cross_entropy(double z, double target) {
    return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - target * z;
}

double weighted_loss(const Classifier& classifier, const ClassifierData& data, const char* what,
                     std::size_t epoch) {
    const std::vector<float> logits = classifier.logits(data.x);
    double sum = 0;
    for (std::size_t row = 0; row < data.size(); ++row) {
        sum += double{data.weight[row]} * cross_entropy(logits[row], data.target[row]);
    }
    const double loss = sum / static_cast<double>(data.size());
    if (std::isfinite(loss)) return loss;
    throw NumericalError(concat("the ", what, " loss of the classifier is ", loss, " in epoch ",
                                epoch, "; try a lower learning rate"));
}

void check_data(const Classifier& classifier, const ClassifierData& data, const std::string& what) {
    expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
            "inputs, targets and weights have as many rows");
    detail::require_finite_data("classifier " + what + " weights", data.weight);
    expects(data.x.cols() == classifier.architecture().inputs,
            "data and classifier agree on the inputs");
    detail::require_finite_data("classifier " + what + " inputs", data.x.values());
}

struct ClassWeights {
    float background;
    float data;
};

ClassWeights class_weights(const ClassifierData& data) {
    const auto events = static_cast<double>(data.size());
    const auto positive = static_cast<double>(std::ranges::count(data.target, 1.0F));
    if (positive == 0 || positive == events) {
        throw InputError(concat("the classifier's training set has ", positive, " data and ",
                                events - positive, " background events; both are needed"));
    }
    return {static_cast<float>(events / (2 * (events - positive))),
            static_cast<float>(events / (2 * positive))};
}

void assign(ClassifierData& data, const ClassWeights& weights) {
    data.weight.resize(data.size());
    std::ranges::transform(data.target, data.weight.begin(), [&](float target) {
        return target == 1.0F ? weights.data : weights.background;
    });
}

double sigmoid(double z) {
    return 1 / (1 + std::exp(-z));
}

}  // namespace

void set_class_weights(ClassifierData& data) {
    assign(data, class_weights(data));
}

void set_class_weights(ClassifierData& training, ClassifierData& validation) {
    const ClassWeights weights = class_weights(training);
    assign(training, weights);
    assign(validation, weights);
}

TrainedClassifier train_classifier(Classifier& classifier, const ClassifierData& training,
                                   const ClassifierData& validation,
                                   const ClassifierTrainingOptions& options,
                                   const RandomStream& stream) {
    detail::require_no_problems("classifier training", problems(options));
    check_data(classifier, training, "training");
    check_data(classifier, validation, "validation");
    // Index 0 of the stream gives the weights, index e the order of epoch e.
    classifier.load(initial_classifier_state(classifier.architecture(), stream.at(0)));

    detail::EpochLoop loop("classifier", training.size(), options.batch_size, options.epochs,
                           options.schedule, stream);
    TrainedClassifier result{classifier.architecture(), {}, {}, {}};
    BestCheckpoints best(options.keep_best);
    const auto record = [&](std::size_t epoch, double training_loss) {
        const double loss = weighted_loss(classifier, validation, "validation", epoch);
        result.training_loss.push_back(training_loss);
        result.validation_loss.push_back(loss);
        const std::string note =
            concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ", loss);
        log_debug("classifier " + note);
        loop.set_note(note);
    };
    record(0, weighted_loss(classifier, training, "training", 0));
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

std::vector<float> ensemble_score(Classifier& classifier,
                                  std::span<const ClassifierCheckpoint> states,
                                  const Matrix<float>& x) {
    if (states.empty()) {
        throw UsageError("the classifier's ensemble is empty; keep at least one epoch");
    }
    std::vector<double> sum(x.rows(), 0.0);
    for (const ClassifierCheckpoint& checkpoint : states) {
        classifier.load(checkpoint.state);
        const std::vector<float> logits = classifier.logits(x);
        for (std::size_t row = 0; row < sum.size(); ++row) sum[row] += sigmoid(logits[row]);
    }
    std::vector<float> scores(sum.size());
    std::ranges::transform(sum, scores.begin(), [&](double total) {
        return static_cast<float>(total / static_cast<double>(states.size()));
    });
    return scores;
}

}  // namespace lacathode
