#include "lacathode/stats/fisher_exact.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "stats/log_gamma_function.hpp"

namespace lacathode {
namespace {

using stats::detail::log_gamma_function;

double log_choose(double n, double k) {
    return log_gamma_function(n + 1) - log_gamma_function(k + 1) - log_gamma_function(n - k + 1);
}

// How many of `hits` marked events are among `drawn` of `events`, drawn without replacement.
struct Hypergeometric {
    double events;
    double hits;
    double drawn;

    [[nodiscard]] double mean() const { return hits * drawn / events; }
    [[nodiscard]] double lowest() const { return std::max(0.0, drawn - (events - hits)); }
    [[nodiscard]] double probability(double k) const {
        return std::exp(log_choose(hits, k) + log_choose(events - hits, drawn - k) -
                        log_choose(events, drawn));
    }
    // probability(k + 1) / probability(k); 0 at the highest possible k.
    [[nodiscard]] double ratio(double k) const {
        return (hits - k) * (drawn - k) / ((k + 1) * (events - hits - drawn + k + 1));
    }
};

// Sums of terms that fall: away from the mean, where each is smaller than the last.
double upper_tail(const Hypergeometric& distribution, double k) {
    double term = distribution.probability(k);
    double sum = term;
    while (term > sum * std::numeric_limits<double>::epsilon()) {
        term *= distribution.ratio(k++);
        sum += term;
    }
    return sum;
}

double lower_tail(const Hypergeometric& distribution, double k) {
    double term = distribution.probability(k);
    double sum = term;
    while (k > distribution.lowest() && term > sum * std::numeric_limits<double>::epsilon()) {
        term /= distribution.ratio(--k);
        sum += term;
    }
    return sum;
}

bool is_possible(const Proportion& proportion) {
    return 0 <= proportion.hits && proportion.hits <= proportion.events;
}

}  // namespace

double Proportion::rate() const {
    return events == 0 ? std::numeric_limits<double>::quiet_NaN()
                       : static_cast<double>(hits) / static_cast<double>(events);
}

double excess_p_value(const Proportion& tested, const Proportion& reference) {
    expects(is_possible(tested) && is_possible(reference),
            "there are at most as many hits as events");
    const Hypergeometric distribution{
        .events = static_cast<double>(tested.events + reference.events),
        .hits = static_cast<double>(tested.hits + reference.hits),
        .drawn = static_cast<double>(tested.events)};
    const auto hits = static_cast<double>(tested.hits);
    if (hits <= distribution.lowest()) return 1;
    if (hits > distribution.mean()) return std::min(1.0, upper_tail(distribution, hits));
    return std::max(0.0, 1 - lower_tail(distribution, hits - 1));
}

}  // namespace lacathode
