#include "lacathode/stats/spectrum_function.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

std::size_t least_spectrum_parameters(SpectrumShape shape) {
    return shape == SpectrumShape::dijet ? 2 : 1;
}

std::size_t most_spectrum_parameters(SpectrumShape shape) {
    return shape == SpectrumShape::dijet ? 5 : 6;
}

SpectrumFunction::SpectrumFunction(SpectrumShape shape, std::size_t parameters, double scale)
    : shape_(shape), parameters_(parameters), scale_(scale) {
    expects(scale > 0, "a positive scale");
    const std::size_t least = least_spectrum_parameters(shape);
    const std::size_t most = most_spectrum_parameters(shape);
    if (parameters >= least && parameters <= most) return;
    throw UsageError(
        concat("a spectrum of ", parameters, " parameters: choose ", least, " to ", most));
}

std::vector<double> SpectrumFunction::terms(double m) const {
    const double x = m / scale_;
    if (!(x > 0) || (shape_ == SpectrumShape::dijet && x >= 1)) {
        throw InputError(concat("the spectrum's function is not defined at m = ", m,
                                shape_ == SpectrumShape::dijet
                                    ? concat(": only between 0 and sqrt(s) = ", scale_)
                                    : std::string(": only above 0")));
    }
    std::vector<double> terms = {1};
    if (shape_ == SpectrumShape::dijet) terms.push_back(std::log1p(-x));
    double power = 1;
    while (terms.size() < parameters_) terms.push_back(power *= std::log(x));
    return terms;
}

}  // namespace lacathode
