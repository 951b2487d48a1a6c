#include "lacathode/stats/counting_limit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {
namespace {

// P(N <= n) of a Poisson count.
double poisson_cumulative(std::size_t n, double mean) {
    return mean == 0 ? 1 : gamma_survival(mean, static_cast<double>(n) + 1, 1);
}

}  // namespace

// The Poisson count of a gamma-distributed mean is negative binomial.
CountingLimit::CountingLimit(double background, double error, double level) : level_(level) {
    expects(background >= 0 && error >= 0, "a background of 0 or more and its error");
    expects(level > 0 && level < 1, "a level between 0 and 1");
    constexpr double left = 1e-9;
    constexpr std::size_t most = 1'000'000;
    const double scale = background > 0 ? error * error / background : 0;
    double logarithm = scale > 0 ? -background * std::log1p(scale) / scale : -background;
    double sum = 0;
    for (std::size_t n = 0; n < most && sum < 1 - left; ++n) {
        log_probability_.push_back(logarithm);
        sum += std::exp(logarithm);
        const auto k = static_cast<double>(n);
        logarithm += std::log((background + k * scale) / ((1 + scale) * (k + 1)));
    }
    if (!(sum >= 1 - left)) {
        throw NumericalError(concat("the limit of one count over a background of ", background,
                                    " +- ", error, " events would take counts beyond ", most,
                                    ": too uncertain a background for it"));
    }
}

double CountingLimit::limit_of(std::size_t count) const {
    const std::size_t terms = std::min(count + 1, log_probability_.size());
    // To the largest of them: far below what is expected each alone would be 0.
    std::vector<double> relative(log_probability_.begin(),
                                 log_probability_.begin() + static_cast<std::ptrdiff_t>(terms));
    const double largest = *std::ranges::max_element(relative);
    for (double& value : relative) value = std::exp(value - largest);
    const double without = std::accumulate(relative.begin(), relative.end(), 0.0);
    const auto cls = [&](double signal) {
        double sum = 0;
        for (std::size_t n = 0; n < terms; ++n)
            sum += relative[n] * poisson_cumulative(count - n, signal);
        return sum / without;
    };
    double low = 0;
    double high = static_cast<double>(count) + 1;
    while (cls(high) > 1 - level_) high *= 2;
    while (high - low > 1e-9 * high) {
        check_interrupt();
        const double middle = 0.5 * (low + high);
        (cls(middle) > 1 - level_ ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

double CountingLimit::observed(double count) const {
    expects(count >= 0, "a count of 0 or more");
    const double whole = std::floor(count);
    const double beyond = count - whole;
    const double limit = limit_of(static_cast<std::size_t>(whole));
    if (beyond == 0) return limit;
    return limit + beyond * (limit_of(static_cast<std::size_t>(whole) + 1) - limit);
}

std::vector<double> CountingLimit::expected() const {
    std::vector<double> limits;
    std::size_t n = 0;
    double below = std::exp(log_probability_[0]);  // P(N <= n)
    for (const double sigma : {-2.0, -1.0, 0.0, 1.0, 2.0}) {
        while (below < normal_survival(-sigma) && n + 1 < log_probability_.size())
            below += std::exp(log_probability_[++n]);
        limits.push_back(limit_of(n));
    }
    return limits;
}

}  // namespace lacathode
