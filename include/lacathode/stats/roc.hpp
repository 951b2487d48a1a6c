// Receiver operating characteristic of an anomaly score (docs/method.md (6.1)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lacathode {

/// What becomes of events that are not mapped, which have no score.
enum class Unmapped {
    rejected,  ///< never selected, but efficiencies are relative to all events (default everywhere)
    excluded,  ///< efficiencies are relative to mapped events only (the papers' convention)
    selected,  ///< selected before every other: they lie where no background was seen
};
inline constexpr const char* unmapped_names[] = {"rejected", "excluded", "selected"};

/// One point a distinct score, from "nothing selected" to "every event with a score selected"; an
/// event is selected if score >= threshold, so equal scores are one step. Under Unmapped::selected
/// events that are not mapped have the score +infinity.
struct RocCurve {
    std::vector<double> threshold;                  ///< [P] descending; the first is +infinity
    std::vector<std::int64_t> background_selected;  ///< [P] events
    std::vector<std::int64_t> signal_selected;      ///< [P] events
    std::int64_t background_events = 0;             ///< denominator of the efficiency
    std::int64_t signal_events = 0;                 ///< denominator of the efficiency
    std::int64_t background_not_mapped = 0;
    std::int64_t signal_not_mapped = 0;
    /// Of events with weights the sums that stand for the numbers above in efficiencies; else
    /// empty.
    struct Weights {
        std::vector<double> background;          ///< [P] selected
        std::vector<double> signal;              ///< [P] selected
        std::vector<double> background_squares;  ///< [P] sum of the selected ones' squares
        double all_background = 0;               ///< denominator
        double all_signal = 0;                   ///< denominator
    };
    Weights weights;

    [[nodiscard]] std::size_t points() const noexcept { return threshold.size(); }
    [[nodiscard]] bool is_weighted() const noexcept { return !weights.background.empty(); }
    [[nodiscard]] double background_efficiency(std::size_t point) const {
        if (is_weighted()) return weights.background[point] / weights.all_background;
        return static_cast<double>(background_selected[point]) /
               static_cast<double>(background_events);
    }
    [[nodiscard]] double signal_efficiency(std::size_t point) const {
        if (is_weighted()) return weights.signal[point] / weights.all_signal;
        return static_cast<double>(signal_selected[point]) / static_cast<double>(signal_events);
    }
    /// Unweighted events that would know eps_B as well: (sum w)^2 / sum w^2 of the selected ones
    /// (docs/method.md (6.8)); their number where they have no weights.
    [[nodiscard]] double effective_background(std::size_t point) const {
        if (!is_weighted()) return static_cast<double>(background_selected[point]);
        const double sum = weights.background[point];
        return sum > 0 ? sum * sum / weights.background_squares[point] : 0;
    }
};

/// `score` [N], `label` [N] (1 signal, 0 background), `mapped` [N] or empty (all mapped), `weight`
/// [N] or empty (one each). Throws InputError if a label is neither 0 nor 1, a mapped event's score
/// is NaN, or either class has no event in the denominator, or weights there that do not add up to
/// more than 0. O(N log N).
RocCurve roc_curve(std::span<const float> score, std::span<const std::int8_t> label,
                   std::span<const std::uint8_t> mapped = {},
                   Unmapped unmapped = Unmapped::rejected, std::span<const float> weight = {});

/// Area under the curve by the trapezoidal rule (ties count half); with unmapped events under
/// Unmapped::rejected the curve ends below (1, 1) and is closed by a straight line to it.
double area_under_curve(const RocCurve& roc);

}  // namespace lacathode
