#include "lacathode/ml/classifier_data.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

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

}  // namespace

void set_class_weights(ClassifierData& training, ClassifierData& validation) {
    const ClassWeights weights = class_weights(training);
    assign(training, weights);
    assign(validation, weights);
}

double cross_entropy(double logit, double target) {
    return std::max(logit, 0.0) + std::log1p(std::exp(-std::abs(logit))) - target * logit;
}

double weighted_cross_entropy(std::span<const float> logits, const ClassifierData& data) {
    expects(logits.size() == data.size() && data.weight.size() == data.size(),
            "a logit and a weight an event");
    double sum = 0;
    for (std::size_t row = 0; row < data.size(); ++row) {
        sum += double{data.weight[row]} * cross_entropy(logits[row], data.target[row]);
    }
    return sum / static_cast<double>(data.size());
}

double weighted_accuracy(std::span<const float> logits, const ClassifierData& data) {
    expects(logits.size() == data.size() && data.weight.size() == data.size(),
            "a logit and a weight an event");
    double right = 0;
    double all = 0;
    for (std::size_t row = 0; row < data.size(); ++row) {
        const double weight = data.weight[row];
        all += weight;
        if ((logits[row] > 0) == (data.target[row] == 1)) right += weight;
    }
    return right / all;
}

double sigmoid(double logit) {
    return 1 / (1 + std::exp(-logit));
}

}  // namespace lacathode
