#include "preprocess/constants.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::preprocess::detail {

void check_constants(const std::vector<double>& values, std::size_t count,
                     const std::string& what) {
    if (count == 0) throw InputError(what + ": no features");
    if (values.size() != count) {
        throw InputError(concat(what, ": ", values.size(), " values for ", count, " features"));
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(values[i])) {
            throw InputError(concat(what, " of feature ", i, " is ", values[i], ", not finite"));
        }
    }
}

void check_positive(const std::vector<double>& values, const std::string& what) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] > 0)) {
            throw InputError(concat(what, " of feature ", i, " is ", values[i], ", must be > 0"));
        }
    }
}

double Moments::unbiased_std() const {
    expects(count_ >= 2, "a standard deviation needs two values");
    return std::sqrt(squares_ / static_cast<double>(count_ - 1));
}

}  // namespace lacathode::preprocess::detail
