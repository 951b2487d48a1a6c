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

/// The rest of each word is 1 for signal.
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
        events.emplace_back(value, signal ? 1U : 0U);
    }
    return events;
}

void require_events(const RocCurve& curve) {
    if (curve.signal_events > 0 && curve.background_events > 0) return;
    throw InputError(concat("ROC curve needs signal and background events, got ",
                            curve.signal_events, " and ", curve.background_events,
                            ": check the labels and the signal region"));
}

}  // namespace

RocCurve roc_curve(std::span<const float> score, std::span<const std::int8_t> label,
                   std::span<const std::uint8_t> mapped, Unmapped unmapped) {
    expects(score.size() == label.size(), "every event has a score and a label");
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
        signal += events[i].rest();
        background += 1 - std::int64_t{events[i].rest()};
        const bool last_of_equals =
            i + 1 == events.size() || events[i + 1].score() != events[i].score();
        if (last_of_equals) add_point(events[i].score(), signal, background);
    }
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
