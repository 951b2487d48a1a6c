#include "lacathode/stats/kolmogorov_smirnov.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

// Kolmogorov's limiting distribution: P(K > t), by whichever of its two series converges fast.
double kolmogorov_survival(double t) {
    if (t < 0.2) return 1;
    double sum = 0;
    if (t < 1.18) {
        const double unit = -std::numbers::pi * std::numbers::pi / (8 * t * t);
        for (int k = 1; k <= 7; k += 2) sum += std::exp(unit * k * k);
        return 1 - std::sqrt(2 * std::numbers::pi) / t * sum;
    }
    for (int k = 1; k <= 5; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * t * t);
    return sum;
}

}  // namespace

KolmogorovSmirnov kolmogorov_smirnov_uniform(std::vector<double> probabilities) {
    if (probabilities.empty()) throw InputError("Kolmogorov-Smirnov test: no values");
    for (const double p : probabilities) {
        if (!(0 <= p && p <= 1)) {
            throw InputError(concat("Kolmogorov-Smirnov test: ", p, " is not a probability"));
        }
    }
    stats::detail::sort_ascending(std::span(probabilities));
    const auto n = static_cast<double>(probabilities.size());
    double distance = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const auto rank = static_cast<double>(i);
        distance =
            std::max({distance, probabilities[i] - rank / n, (rank + 1) / n - probabilities[i]});
    }
    const double root = std::sqrt(n);
    return {distance, kolmogorov_survival(distance * (root + 0.12 + 0.11 / root)),
            probabilities.size()};
}

}  // namespace lacathode
