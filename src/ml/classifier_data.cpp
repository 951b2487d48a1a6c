#include "lacathode/ml/classifier_data.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// One number for each class.
struct OfClasses {
    double background = 0;
    double data = 0;
};

// Where all events count one: how many there are.
OfClasses sums_of_weights(const ClassifierData& data) {
    OfClasses sums;
    for (std::size_t row = 0; row < data.size(); ++row)
        (data.target[row] == 1.0F ? sums.data : sums.background) += double{data.weight[row]};
    return sums;
}

void require_both_classes(const ClassifierData& training) {
    const auto positive = std::ranges::count(training.target, 1.0F);
    if (positive > 0 && positive < std::ranges::ssize(training.target)) return;
    throw InputError(concat("the classifier's training set has ", positive, " data and ",
                            std::ranges::ssize(training.target) - positive,
                            " background events; both are needed"));
}

// Of a class without events there is nothing to weigh.
void require_positive_sums(const ClassifierData& data, const OfClasses& sums, const char* part) {
    const auto require = [&](double sum, float target, const char* name) {
        if (sum > 0 || std::ranges::count(data.target, target) == 0) return;
        throw InputError(concat("the weights of the ", name, " events in the classifier's ", part,
                                " set add up to ", sum, "; it must be more than 0"));
    };
    require(sums.data, 1.0F, "data");
    require(sums.background, 0.0F, "background");
}

void multiply(ClassifierData& data, const OfClasses& factors) {
    for (std::size_t row = 0; row < data.size(); ++row) {
        const double factor = data.target[row] == 1.0F ? factors.data : factors.background;
        data.weight[row] = static_cast<float>(double{data.weight[row]} * factor);
    }
}

}  // namespace

void set_class_weights(ClassifierData& training, ClassifierData& validation) {
    for (ClassifierData* data : {&training, &validation}) {
        if (data->weight.empty()) data->weight.assign(data->size(), 1);
        expects(data->weight.size() == data->size(), "a weight an event, or none");
    }
    require_both_classes(training);
    const OfClasses sums = sums_of_weights(training);
    require_positive_sums(training, sums, "training");
    require_positive_sums(validation, sums_of_weights(validation), "validation");
    const auto events = static_cast<double>(training.size());
    const OfClasses factors = {.background = events / (2 * sums.background),
                               .data = events / (2 * sums.data)};
    multiply(training, factors);
    multiply(validation, factors);
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
