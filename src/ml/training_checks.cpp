#include "ml/training_checks.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"

namespace lacathode::ml::detail {

void check_flow_data(const MafArchitecture& architecture, const FlowData& data,
                     const std::string& what) {
    expects(data.y.rows() == data.size(), "features and masses have as many rows");
    require_finite_data("flow " + what + " masses", data.mass);
    expects(data.y.cols() == architecture.features, "data and flow agree on the features");
    require_finite_data("flow " + what + " features", data.y.values(), data.y.cols());
    if (!data.weight.empty()) positive_sum_of_weights(data, what);
}

double positive_sum_of_weights(const FlowData& data, const std::string& what) {
    expects(data.weight.size() == data.size(), "a weight an event, or none");
    require_finite_data("flow " + what + " weights", data.weight);
    double sum = 0;
    for (const float weight : data.weight) sum += double{weight};
    if (sum > 0) return sum;
    throw InputError(concat("the weights of the flow's ", data.size(), ' ', what,
                            " events add up to ", sum, "; a density needs a positive sum"));
}

void check_classifier_data(const MlpArchitecture& architecture, const ClassifierData& data,
                           const std::string& what) {
    expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
            "inputs, targets and weights have as many rows");
    require_finite_data("classifier " + what + " weights", data.weight);
    expects(data.x.cols() == architecture.inputs, "data and classifier agree on the inputs");
    require_finite_data("classifier " + what + " inputs", data.x.values(), data.x.cols());
}

bool ends_with_a_single_event(std::size_t events, std::size_t batch_size) {
    return events % batch_size == 1;
}

void warn_of_single_events() {
    log_warning(
        "the last batch of every epoch holds a single event, whose batch variance is zero; another "
        "batch size avoids that");
}

}  // namespace lacathode::ml::detail
