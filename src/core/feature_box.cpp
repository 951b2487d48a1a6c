#include "lacathode/core/feature_box.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

FeatureBox::FeatureBox(std::vector<double> low, std::vector<double> high)
    : low_(std::move(low)), high_(std::move(high)) {
    if (low_.empty() || low_.size() != high_.size()) {
        throw InputError(concat("the box of the features has ", low_.size(), " lower and ",
                                high_.size(), " upper edges"));
    }
    for (std::size_t i = 0; i < low_.size(); ++i) {
        if (std::isfinite(low_[i]) && std::isfinite(high_[i]) && low_[i] < high_[i]) continue;
        throw InputError(concat("the box of feature ", i, ": min ", low_[i], " is not below max ",
                                high_[i], ", or not finite"));
    }
}

bool FeatureBox::contains(std::span<const float> x) const {
    expects(x.size() == features(), "x has one value a feature");
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double value = x[i];
        if (!(low_[i] < value && value < high_[i])) return false;
    }
    return true;
}

}  // namespace lacathode
