#include "stats/log_gamma_function.hpp"

#include <array>
#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode::stats::detail {
namespace {

constexpr double least_of_series = 10;

// Stirling's series, from the power -13 of x to -1: the first term left out is 3e-17 at x = 10.
constexpr std::array<double, 7> terms = {1.0 / 156,  -691.0 / 360'360, 1.0 / 1188, -1.0 / 1680,
                                         1.0 / 1260, -1.0 / 360,       1.0 / 12};

double by_series(double x) {
    constexpr double constant = 0.41893853320467274178;  // (ln(2 pi) - 1) / 2
    double sum = 0;
    for (const double term : terms) sum = sum / (x * x) + term;
    return (x - 0.5) * (std::log(x) - 1) + constant + sum / x;
}

}  // namespace

// Gamma(x + 1) = x Gamma(x).
double log_gamma_function(double x) {
    expects(x > 0, "an argument of the gamma function above 0");
    double product = 1;
    while (x < least_of_series) {
        product *= x;
        x += 1;
    }
    return by_series(x) - std::log(product);
}

}  // namespace lacathode::stats::detail
