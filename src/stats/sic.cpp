#include "lacathode/stats/sic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Points with ascending x, which may repeat.
struct Line {
    std::vector<double> x, y;

    /// Negative weights take a curve back; what lies behind is left out.
    void add(double to_x, double to_y) {
        if (!x.empty() && to_x < x.back()) return;
        x.push_back(to_x);
        y.push_back(to_y);
    }
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

// Of the points with so many background events the value that `of_point` gives.
template <class OfPoint>
Line line_of(const RocCurve& roc, double min_background, Against against, const OfPoint& of_point) {
    Line line;
    for (std::size_t i = 0; i < roc.points(); ++i) {
        const double selected = roc.effective_background(i);
        if (selected == 0 || selected < min_background) continue;
        line.add(against == Against::background_efficiency ? roc.background_efficiency(i)
                                                           : roc.signal_efficiency(i),
                 of_point(i));
    }
    return line;
}

Line sic_line(const RocCurve& roc, double min_background, Against against) {
    return line_of(roc, min_background, against, [&roc](std::size_t i) {
        return roc.signal_efficiency(i) / std::sqrt(roc.background_efficiency(i));
    });
}

}  // namespace

std::vector<double> signal_efficiency_at(const RocCurve& roc, std::span<const double> grid) {
    Line line;
    for (std::size_t i = 0; i < roc.points(); ++i)
        line.add(roc.background_efficiency(i), roc.signal_efficiency(i));
    return line.at(grid);
}

std::vector<double> effective_background_at(const RocCurve& roc, std::span<const double> grid) {
    Line line;
    for (std::size_t i = 0; i < roc.points(); ++i)
        line.add(roc.background_efficiency(i), roc.effective_background(i));
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

std::vector<double> effective_background_at_signal_efficiency(const RocCurve& roc,
                                                              std::span<const double> grid,
                                                              double min_background) {
    return line_of(roc, min_background, Against::signal_efficiency,
                   [&roc](std::size_t i) { return roc.effective_background(i); })
        .at(grid);
}

double sic_at(const RocCurve& roc, double background_efficiency, double min_background) {
    return sic_line(roc, min_background, Against::background_efficiency).at(background_efficiency);
}

double sic_counting_error(double sic, double selected_background) {
    return sic / (2 * std::sqrt(selected_background));
}

std::optional<std::size_t> argmax_ignoring_nan(std::span<const double> values) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i]) && (!best || values[i] > values[*best])) best = i;
    }
    return best;
}

double max_ignoring_nan(std::span<const double> values) {
    const auto best = argmax_ignoring_nan(values);
    return best ? values[*best] : nan;
}

double initial_significance(double signal, double background) {
    return background > 0 ? signal / std::sqrt(background) : nan;
}

}  // namespace lacathode
