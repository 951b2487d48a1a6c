#include "lacathode/stats/kernel_density.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

void require_weights(std::span<const float> weights) {
    const auto bad = std::ranges::find_if(weights, [](float w) { return !(w >= 0); });
    if (bad == weights.end()) return;
    throw InputError(concat("the event of mass ", bad - weights.begin(), " has the weight ", *bad,
                            ": masses cannot be drawn with negative weights"));
}

// Equal ones, but of nothing nothing can be drawn.
bool are_as_none(std::span<const float> weights) {
    return weights.empty() ||
           (weights.front() > 0 &&
            std::ranges::adjacent_find(weights, std::not_equal_to()) == weights.end());
}

// The logits in ascending order, and the sums of their weights up to each.
struct WeightedLogits {
    std::vector<double> logits;
    std::vector<double> cumulative;
};

WeightedLogits sorted_by_logit(std::vector<std::pair<double, double>> logits_and_weights) {
    std::ranges::sort(logits_and_weights);
    WeightedLogits sorted;
    double sum = 0;
    for (const auto& [logit, weight] : logits_and_weights) {
        sorted.logits.push_back(logit);
        sorted.cumulative.push_back(sum += weight);
    }
    if (!(sum > 0)) throw InputError("kernel density: the weights of its masses add up to 0");
    return sorted;
}

}  // namespace

MassDensity MassDensity::fit(std::span<const double> masses, double bandwidth,
                             std::span<const float> weights) {
    if (!std::isfinite(bandwidth) || !(bandwidth > 0)) {
        throw UsageError(concat("kernel bandwidth ", bandwidth, " must be finite and positive"));
    }
    const auto bad = std::ranges::find_if(masses, [](double m) { return !std::isfinite(m); });
    if (bad != masses.end()) {
        throw InputError(concat("mass ", *bad, " in row ", bad - masses.begin(),
                                " is not finite: leave such events out"));
    }
    if (masses.empty()) throw InputError("kernel density: no masses to fit");
    expects(weights.empty() || weights.size() == masses.size(), "a weight a mass, or none");
    require_weights(weights);
    const bool weighted = !are_as_none(weights);
    MassDensity result;
    result.bandwidth_ = bandwidth;
    const auto [min, max] = std::ranges::minmax(masses);
    result.min_ = min;
    result.max_ = max;
    std::vector<std::pair<double, double>> logits_and_weights;
    for (std::size_t i = 0; i < masses.size(); ++i) {
        const double mass = masses[i];
        if (!(min < mass && mass < max)) continue;
        const double logit = std::log((mass - min) / (max - mass));
        result.logits_.push_back(logit);
        if (weighted) logits_and_weights.emplace_back(logit, weights[i]);
    }
    result.dropped_ = masses.size() - result.logits_.size();
    if (result.logits_.empty()) {
        throw InputError(concat("kernel density: none of ", masses.size(),
                                " masses lies strictly between their extremes ", min, " and ", max,
                                ": use more events"));
    }
    check_interrupt();
    if (!weighted) {
        stats::detail::sort_ascending(std::span(result.logits_));
        return result;
    }
    WeightedLogits sorted = sorted_by_logit(std::move(logits_and_weights));
    result.logits_ = std::move(sorted.logits);
    result.cumulative_ = std::move(sorted.cumulative);
    return result;
}

double MassDensity::weight_of(std::size_t kernel) const {
    if (cumulative_.empty()) return 1;
    return cumulative_[kernel] - (kernel > 0 ? cumulative_[kernel - 1] : 0);
}

double MassDensity::total_weight() const {
    return cumulative_.empty() ? static_cast<double>(logits_.size()) : cumulative_.back();
}

std::size_t MassDensity::draw_kernel(RandomStream& stream) const {
    if (cumulative_.empty()) return stream.below(logits_.size());
    const auto found = std::ranges::upper_bound(cumulative_, stream.uniform() * total_weight());
    return std::min(static_cast<std::size_t>(found - cumulative_.begin()), logits_.size() - 1);
}

double MassDensity::density(double mass) const {
    if (!(min_ < mass && mass < max_)) return 0;
    const double above = mass - min_;
    const double below = max_ - mass;
    const double t = std::log(above / below);
    // Beyond 39 standard deviations a Gaussian underflows.
    const double reach = 39 * bandwidth_;
    const auto begin = std::ranges::lower_bound(logits_, t - reach);
    const auto end = std::ranges::upper_bound(logits_, t + reach);
    double sum = 0;
    for (auto kernel = begin; kernel < end; ++kernel) {
        const double distance = (t - *kernel) / bandwidth_;
        sum += weight_of(static_cast<std::size_t>(kernel - logits_.begin())) *
               std::exp(-0.5 * distance * distance);
    }
    const double norm = bandwidth_ * std::sqrt(2 * std::numbers::pi) * total_weight();
    return sum / norm * (max_ - min_) / (above * below);
}

std::vector<double> MassDensity::sample(std::size_t count, RandomStream stream) const {
    std::vector<double> masses(count);
    for (std::size_t i = 0; double& mass : masses) {
        if (i++ % 65'536 == 0) check_interrupt();
        // A draw may round to an end of the open interval; it is drawn again.
        do {
            const double t = logits_[draw_kernel(stream)] + bandwidth_ * stream.normal();
            mass = min_ + (max_ - min_) / (1 + std::exp(-t));
        } while (!(min_ < mass && mass < max_));
    }
    return masses;
}

}  // namespace lacathode
