#include "lacathode/stats/normality.hpp"

#include <utility>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {
namespace {

double mean_of(std::span<const float> z) {
    double sum = 0;
    for (const float value : z) sum += static_cast<double>(value);
    return sum / static_cast<double>(z.size());
}

double variance_of(std::span<const float> z, double mean) {
    double sum = 0;
    for (const float value : z) {
        const double deviation = static_cast<double>(value) - mean;
        sum += deviation * deviation;
    }
    return sum / static_cast<double>(z.size() - 1);
}

}  // namespace

Normality normality(std::span<const float> z) {
    if (z.size() < 2)
        throw InputError(concat("a test of normality needs two events, got ", z.size()));
    std::vector<double> probabilities;
    probabilities.reserve(z.size());
    for (const float value : z)
        probabilities.push_back(normal_survival(-static_cast<double>(value)));
    const KolmogorovSmirnov test = kolmogorov_smirnov_uniform(std::move(probabilities));
    const double mean = mean_of(z);
    return {.events = static_cast<std::int64_t>(z.size()),
            .mean = mean,
            .variance = variance_of(z, mean),
            .distance = test.distance,
            .p_value = test.p_value};
}

}  // namespace lacathode
