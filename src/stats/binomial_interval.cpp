#include "lacathode/stats/binomial_interval.hpp"

#include <cmath>
#include <functional>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// P(X <= k) of n with this probability, 0 < probability < 1.
double binomial_cumulative(std::size_t k, std::size_t n, double probability) {
    const double odds = std::log(probability) - std::log1p(-probability);
    double logarithm = static_cast<double>(n) * std::log1p(-probability);  // of P(X = i)
    double sum = 0;
    for (std::size_t i = 0; i <= k; ++i) {
        sum += std::exp(logarithm);
        logarithm += odds + std::log(static_cast<double>(n - i) / static_cast<double>(i + 1));
    }
    return sum;
}

// Where a function that falls from 1 to 0 has this value.
double where_it_falls_to(double value, const std::function<double(double)>& falling) {
    double low = 0;
    double high = 1;
    while (high - low > 1e-12) {
        const double middle = 0.5 * (low + high);
        (falling(middle) > value ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace

BinomialInterval binomial_interval(std::size_t k, std::size_t n, double level) {
    expects(n > 0 && k <= n, "k of n that are there");
    expects(level > 0 && level < 1, "a level between 0 and 1");
    const double beyond = 0.5 * (1 - level);
    const auto at_most = [n](std::size_t of) {
        return [of, n](double probability) { return binomial_cumulative(of, n, probability); };
    };
    return {k == 0 ? 0 : where_it_falls_to(1 - beyond, at_most(k - 1)),
            k == n ? 1 : where_it_falls_to(beyond, at_most(k))};
}

}  // namespace lacathode
