#include "lacathode/stats/poisson_distribution.hpp"

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "stats/log_gamma_function.hpp"

namespace lacathode {
namespace {

// How many uniform numbers have a product above exp(-mean).
std::uint64_t by_multiplication(double mean, RandomStream& stream) {
    const double limit = std::exp(-mean);
    std::uint64_t events = 0;
    for (double product = stream.uniform(); product > limit; product *= stream.uniform()) ++events;
    return events;
}

// Transformed rejection with a squeeze (Hoermann 1993, algorithm PTRS), for means of 10 and more.
std::uint64_t by_rejection(double mean, RandomStream& stream) {
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        const double u = stream.uniform() - 0.5;
        const double v = stream.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        const double hat = std::log(v * inverse_alpha / (a / (us * us) + b));
        if (hat <= k * std::log(mean) - mean - stats::detail::log_gamma_function(k + 1))
            return static_cast<std::uint64_t>(k);
    }
}

}  // namespace

std::uint64_t poisson(double mean, RandomStream& stream) {
    expects(mean >= 0 && std::isfinite(mean), "a finite mean of events");
    constexpr double large = 10;
    return mean < large ? by_multiplication(mean, stream) : by_rejection(mean, stream);
}

double poisson_log_likelihood(double n, double mean) {
    if (n == 0 && mean >= 0) return -mean;
    if (!(mean > 0)) return -std::numeric_limits<double>::infinity();
    return n * std::log(mean) - mean;
}

}  // namespace lacathode
