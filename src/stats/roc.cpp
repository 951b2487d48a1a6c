#include "lacathode/stats/roc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

using stats::detail::ScoredWord;

// What the rest of an event's word holds, of which signal is odd.
std::uint32_t pack(std::size_t row, bool signal) {
    return 2 * static_cast<std::uint32_t>(row) + (signal ? 1U : 0U);
}
bool is_signal(const ScoredWord& event) {
    return event.rest() % 2 == 1;
}
std::size_t row_of(const ScoredWord& event) {
    return event.rest() / 2;
}

std::vector<ScoredWord> events_with_score(std::span<const float> score,
                                          std::span<const std::int8_t> label,
                                          std::span<const std::uint8_t> mapped, Unmapped unmapped,
                                          RocCurve& curve) {
    std::vector<ScoredWord> events;
    events.reserve(score.size());
    for (std::size_t row = 0; row < score.size(); ++row) {
        if (label[row] != 0 && label[row] != 1) {
            throw InputError(concat("label ", static_cast<int>(label[row]), " in row ", row,
                                    " is neither 0 (background) nor 1 (signal)"));
        }
        const bool signal = label[row] == 1;
        float value = score[row];
        if (!mapped.empty() && mapped[row] == 0) {
            ++(signal ? curve.signal_not_mapped : curve.background_not_mapped);
            if (unmapped != Unmapped::selected) continue;
            value = std::numeric_limits<float>::infinity();
        }
        if (std::isnan(value)) {
            throw InputError(concat("score of row ", row, " is NaN although the row is mapped"));
        }
        curve.signal_events += signal ? 1 : 0;  // arithmetic: a branch would be mispredicted
        curve.background_events += signal ? 0 : 1;
        events.emplace_back(value, pack(row, signal));
    }
    return events;
}

void require_events(const RocCurve& curve) {
    if (curve.signal_events > 0 && curve.background_events > 0) return;
    throw InputError(concat("ROC curve needs signal and background events, got ",
                            curve.signal_events, " and ", curve.background_events,
                            ": check the labels and the signal region"));
}

// The sums of the weights up to each point, in the order of the events.
void add_weights(const std::vector<ScoredWord>& events, std::span<const float> weight,
                 RocCurve& curve) {
    RocCurve::Weights& sums = curve.weights;
    const auto add_point = [&sums](double background, double signal, double squares) {
        sums.background.push_back(background);
        sums.signal.push_back(signal);
        sums.background_squares.push_back(squares);
    };
    double background = 0;
    double signal = 0;
    double squares = 0;
    add_point(0, 0, 0);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const double one = weight[row_of(events[i])];
        (is_signal(events[i]) ? signal : background) += one;
        if (!is_signal(events[i])) squares += one * one;
        const bool last_of_equals =
            i + 1 == events.size() || events[i + 1].score() != events[i].score();
        if (last_of_equals) add_point(background, signal, squares);
    }
}

// Of those in the denominator.
void add_totals(std::span<const float> weight, std::span<const std::int8_t> label,
                std::span<const std::uint8_t> mapped, Unmapped unmapped, RocCurve& curve) {
    RocCurve::Weights& sums = curve.weights;
    for (std::size_t row = 0; row < weight.size(); ++row) {
        const bool left_out = unmapped == Unmapped::excluded && !mapped.empty() && mapped[row] == 0;
        if (!left_out)
            (label[row] == 1 ? sums.all_signal : sums.all_background) += double{weight[row]};
    }
    if (sums.all_signal > 0 && sums.all_background > 0) return;
    throw InputError(concat("the weights of signal and background in a ROC curve add up to ",
                            sums.all_signal, " and ", sums.all_background,
                            "; both must be more than 0"));
}

}  // namespace

RocCurve roc_curve(std::span<const float> score, std::span<const std::int8_t> label,
                   std::span<const std::uint8_t> mapped, Unmapped unmapped,
                   std::span<const float> weight) {
    expects(score.size() == label.size(), "every event has a score and a label");
    expects(score.size() < std::size_t{1} << 31, "row numbers fit 31 bits");
    expects(weight.empty() || weight.size() == score.size(), "a weight an event, or none");
    expects(mapped.empty() || mapped.size() == score.size(), "mapped is empty or has N entries");
    RocCurve curve;
    std::vector<ScoredWord> events = events_with_score(score, label, mapped, unmapped, curve);
    if (unmapped == Unmapped::rejected) {
        curve.signal_events += curve.signal_not_mapped;
        curve.background_events += curve.background_not_mapped;
    }
    require_events(curve);
    check_interrupt();
    sort_by_descending_score(events);
    check_interrupt();
    const auto add_point = [&curve](double threshold, std::int64_t signal,
                                    std::int64_t background) {
        curve.threshold.push_back(threshold);
        curve.signal_selected.push_back(signal);
        curve.background_selected.push_back(background);
    };
    curve.threshold.reserve(events.size() + 1);
    curve.signal_selected.reserve(events.size() + 1);
    curve.background_selected.reserve(events.size() + 1);
    add_point(std::numeric_limits<double>::infinity(), 0, 0);
    std::int64_t signal = 0;
    std::int64_t background = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        signal += is_signal(events[i]) ? 1 : 0;
        background += is_signal(events[i]) ? 0 : 1;
        const bool last_of_equals =
            i + 1 == events.size() || events[i + 1].score() != events[i].score();
        if (last_of_equals) add_point(events[i].score(), signal, background);
    }
    if (weight.empty()) return curve;
    add_weights(events, weight, curve);
    add_totals(weight, label, mapped, unmapped, curve);
    return curve;
}

double area_under_curve(const RocCurve& roc) {
    double area = 0;
    for (std::size_t i = 1; i < roc.points(); ++i) {
        area += (roc.background_efficiency(i) - roc.background_efficiency(i - 1)) * 0.5 *
                (roc.signal_efficiency(i) + roc.signal_efficiency(i - 1));
    }
    const std::size_t last = roc.points() - 1;
    return area + (1 - roc.background_efficiency(last)) * 0.5 * (1 + roc.signal_efficiency(last));
}

}  // namespace lacathode
