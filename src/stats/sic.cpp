#include "lacathode/stats/sic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Points with ascending x, which may repeat.
struct Line {
    std::vector<double> x, y;

    /// Linear between points; at a repeated x the last point; NaN outside the range.
    [[nodiscard]] double at(double where) const {
        if (x.empty() || !(x.front() <= where && where <= x.back())) return nan;
        const auto next = static_cast<std::size_t>(std::ranges::upper_bound(x, where) - x.begin());
        if (next == x.size()) return y.back();
        const double fraction = (where - x[next - 1]) / (x[next] - x[next - 1]);
        return y[next - 1] + fraction * (y[next] - y[next - 1]);
    }
    [[nodiscard]] std::vector<double> at(std::span<const double> grid) const {
        std::vector<double> result;
        result.reserve(grid.size());
        for (const double where : grid) result.push_back(at(where));
        return result;
    }
};

enum class Against { background_efficiency, signal_efficiency };

Line sic_line(const RocCurve& roc, double min_background, Against against) {
    Line line;
    for (std::size_t i = 0; i < roc.points(); ++i) {
        const auto selected = static_cast<double>(roc.background_selected[i]);
        if (selected == 0 || selected < min_background) continue;
        const double background = roc.background_efficiency(i);
        const double signal = roc.signal_efficiency(i);
        line.x.push_back(against == Against::background_efficiency ? background : signal);
        line.y.push_back(signal / std::sqrt(background));
    }
    return line;
}

std::vector<float> sorted_scores(std::span<const float> scores, const char* what) {
    if (scores.empty()) throw InputError(concat("sampled-to-true ratio: no ", what, " events"));
    for (const float score : scores) {
        if (std::isnan(score)) throw InputError(concat("score of a ", what, " event is NaN"));
    }
    std::vector<float> sorted(scores.begin(), scores.end());
    detail::sort_ascending(std::span(sorted));
    return sorted;
}

double count_at_or_above(const std::vector<float>& sorted, float threshold) {
    return static_cast<double>(sorted.end() - std::ranges::lower_bound(sorted, threshold));
}

}  // namespace

std::vector<double> signal_efficiency_at(const RocCurve& roc, std::span<const double> grid) {
    Line line;
    for (std::size_t i = 0; i < roc.points(); ++i) {
        line.x.push_back(roc.background_efficiency(i));
        line.y.push_back(roc.signal_efficiency(i));
    }
    return line.at(grid);
}

std::vector<double> sic_at_background_efficiency(const RocCurve& roc, std::span<const double> grid,
                                                 double min_background) {
    return sic_line(roc, min_background, Against::background_efficiency).at(grid);
}

std::vector<double> sic_at_signal_efficiency(const RocCurve& roc, std::span<const double> grid,
                                             double min_background) {
    return sic_line(roc, min_background, Against::signal_efficiency).at(grid);
}

double sic_at(const RocCurve& roc, double background_efficiency, double min_background) {
    return sic_line(roc, min_background, Against::background_efficiency).at(background_efficiency);
}

double max_ignoring_nan(std::span<const double> values) {
    double result = nan;
    for (const double value : values) {
        if (!(value <= result) && !std::isnan(value)) result = value;
    }
    return result;
}

double initial_significance(double signal, double background) {
    return background > 0 ? signal / std::sqrt(background) : nan;
}

std::vector<double> sampled_to_true_ratio(std::span<const float> sampled,
                                          std::span<const float> background,
                                          std::span<const double> grid, double min_background) {
    const std::vector<float> fake = sorted_scores(sampled, "sampled");
    const std::vector<float> real = sorted_scores(background, "background");
    const auto events = static_cast<double>(real.size());
    std::vector<double> ratio;
    for (const double efficiency : grid) {
        expects(0 < efficiency && efficiency <= 1, "efficiencies lie in (0, 1]");
        const auto kept = static_cast<std::size_t>(std::max(1.0, std::round(efficiency * events)));
        const float threshold = real[real.size() - kept];
        const double kept_real = count_at_or_above(real, threshold);
        const double share_real = kept_real / events;
        const double share_fake =
            count_at_or_above(fake, threshold) / static_cast<double>(fake.size());
        ratio.push_back(kept_real < min_background ? nan : share_fake / share_real);
    }
    return ratio;
}

}  // namespace lacathode
