#include "lacathode/stats/kernel_density.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "stats/sort.hpp"

namespace lacathode {

MassDensity MassDensity::fit(std::span<const double> masses, double bandwidth) {
    if (!std::isfinite(bandwidth) || !(bandwidth > 0)) {
        throw UsageError(concat("kernel bandwidth ", bandwidth, " must be finite and positive"));
    }
    const auto bad = std::ranges::find_if(masses, [](double m) { return !std::isfinite(m); });
    if (bad != masses.end()) {
        throw InputError(concat("mass ", *bad, " in row ", bad - masses.begin(),
                                " is not finite: leave such events out"));
    }
    if (masses.empty()) throw InputError("kernel density: no masses to fit");
    MassDensity result;
    result.bandwidth_ = bandwidth;
    const auto [min, max] = std::ranges::minmax(masses);
    result.min_ = min;
    result.max_ = max;
    for (const double mass : masses) {
        if (min < mass && mass < max)
            result.logits_.push_back(std::log((mass - min) / (max - mass)));
    }
    result.dropped_ = masses.size() - result.logits_.size();
    if (result.logits_.empty()) {
        throw InputError(concat("kernel density: none of ", masses.size(),
                                " masses lies strictly between their extremes ", min, " and ", max,
                                ": use more events"));
    }
    check_interrupt();
    stats::detail::sort_ascending(std::span(result.logits_));
    return result;
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
        sum += std::exp(-0.5 * distance * distance);
    }
    const double norm =
        bandwidth_ * std::sqrt(2 * std::numbers::pi) * static_cast<double>(logits_.size());
    return sum / norm * (max_ - min_) / (above * below);
}

std::vector<double> MassDensity::sample(std::size_t count, RandomStream stream) const {
    std::vector<double> masses(count);
    for (std::size_t i = 0; double& mass : masses) {
        if (i++ % 65'536 == 0) check_interrupt();
        // A draw may round to an end of the open interval; it is drawn again.
        do {
            const double t = logits_[stream.below(logits_.size())] + bandwidth_ * stream.normal();
            mass = min_ + (max_ - min_) / (1 + std::exp(-t));
        } while (!(min_ < mass && mass < max_));
    }
    return masses;
}

}  // namespace lacathode
