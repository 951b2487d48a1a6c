#include "lacathode/stats/rank_sum.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {
namespace {

// Sum of t^3 - t over the groups of t equal scores.
double ties(const RocCurve& roc) {
    double sum = 0;
    for (std::size_t i = 1; i < roc.points(); ++i) {
        const auto equal =
            static_cast<double>(roc.signal_selected[i] - roc.signal_selected[i - 1] +
                                roc.background_selected[i] - roc.background_selected[i - 1]);
        sum += equal * equal * equal - equal;
    }
    return sum;
}

}  // namespace

RankSum rank_sum_test(const RocCurve& roc) {
    expects(roc.signal_not_mapped == 0 && roc.background_not_mapped == 0,
            "every event has a score");
    const auto signal = static_cast<double>(roc.signal_events);
    const auto background = static_cast<double>(roc.background_events);
    const double events = signal + background;
    const double variance = (events + 1 - ties(roc) / (events * (events - 1))) /  // (10.4)
                            (12 * signal * background);
    RankSum result{.area = area_under_curve(roc)};
    if (roc.points() == 2) return result;  // one score for all
    result.z_score = (result.area - 0.5) / std::sqrt(variance);
    result.p_value = normal_survival(result.z_score);
    return result;
}

}  // namespace lacathode
