#include "lacathode/stats/gamma_distribution.hpp"

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "stats/log_gamma_function.hpp"

namespace lacathode {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// ln of x^k exp(-x) / Gamma(k)
double log_prefactor(double x, double k) {
    return k * std::log(x) - x - stats::detail::log_gamma_function(k);
}

// P(k, x) over the prefactor by its power series, for x < k + 1.
double lower_series(double x, double k) {
    double term = 1 / k;
    double sum = term;
    for (double n = k + 1; term > sum * epsilon; ++n) {
        term *= x / n;
        sum += term;
    }
    return sum;
}

// Q(k, x) by Legendre's continued fraction (modified Lentz), for x >= k + 1.
double upper_fraction(double x, double k) {
    constexpr double tiny = std::numeric_limits<double>::min() / epsilon;
    double b = x + 1 - k;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (double i = 1; i < 1e6; ++i) {
        const double a = -i * (i - k);
        b += 2;
        d = a * d + b;
        c = b + a / c;
        if (std::abs(d) < tiny) d = tiny;
        if (std::abs(c) < tiny) c = tiny;
        d = 1 / d;
        fraction *= d * c;
        if (std::abs(d * c - 1) < 4 * epsilon) break;
    }
    return fraction * std::exp(log_prefactor(x, k));
}

}  // namespace

double gamma_survival(double x, double shape, double scale) {
    expects(shape > 0 && scale > 0, "shape and scale of a gamma distribution are positive");
    const double t = x / scale;
    if (std::isnan(t)) return t;
    if (t <= 0) return 1;
    if (std::isinf(t)) return 0;
    return t < shape + 1 ? 1 - lower_series(t, shape) * std::exp(log_prefactor(t, shape))
                         : upper_fraction(t, shape);
}

double chi2_survival(double chi2, double degrees_of_freedom) {
    return gamma_survival(chi2, 0.5 * degrees_of_freedom, 2);
}

double log_gamma_cumulative(double x, double shape, double scale) {
    expects(shape > 0 && scale > 0, "shape and scale of a gamma distribution are positive");
    const double t = x / scale;
    if (std::isnan(t)) return t;
    if (t <= 0) return -std::numeric_limits<double>::infinity();
    return t < shape + 1 ? std::log(lower_series(t, shape)) + log_prefactor(t, shape)
                         : std::log1p(-gamma_survival(x, shape, scale));
}

double gamma_quantile(double probability, double shape, double scale) {
    expects(0 < probability && probability < 1, "probability lies between 0 and 1");
    double low = 0;
    double high = shape + 10 * std::sqrt(shape) + 10;
    while (1 - gamma_survival(high, shape, 1) < probability) high *= 2;
    while (high - low > 4 * epsilon * high) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (1 - gamma_survival(middle, shape, 1) < probability ? low : high) = middle;
    }
    return 0.5 * (low + high) * scale;
}

}  // namespace lacathode
