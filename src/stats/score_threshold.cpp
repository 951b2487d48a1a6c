#include "lacathode/stats/score_threshold.hpp"

#include <cmath>
#include <iterator>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

void require_fraction(double efficiency) {
    if (0 < efficiency && efficiency <= 1) return;
    throw UsageError(concat("selection efficiency ", efficiency, " must be in (0, 1]"));
}

}  // namespace

double score_threshold(std::span<const float> descending, std::int64_t events, double efficiency) {
    require_fraction(efficiency);
    const double position = (1 - efficiency) * static_cast<double>(events - 1);  // ascending
    const auto below = static_cast<std::int64_t>(position);
    const double fraction = position - static_cast<double>(below);
    const std::int64_t rank = events - 1 - below;  // descending
    if (rank < std::ssize(descending)) {
        const std::size_t position_of_lower = static_cast<std::size_t>(rank);
        const auto lower = static_cast<double>(descending[position_of_lower]);
        // Scores of events that are not mapped may be infinite.
        if (fraction == 0 || position_of_lower == 0 || std::isinf(lower)) return lower;
        return std::lerp(lower, static_cast<double>(descending[position_of_lower - 1]), fraction);
    }
    // Between the lowest mapped event and one that is not mapped, the mapped one decides.
    if (rank == std::ssize(descending) && fraction > 0) return descending.back();
    throw InputError(concat("selection efficiency ", efficiency, " cannot be reached: only ",
                            descending.size(), " of ", events,
                            " signal-region events are mapped; ask for smaller efficiencies or "
                            "quote them relative to mapped events"));
}

double score_threshold(std::span<const float> descending, std::span<const float> weight,
                       double total, double efficiency) {
    require_fraction(efficiency);
    expects(weight.size() == descending.size(), "a weight a score");
    // The first event would reach a fraction of less than nothing.
    if (!(total > 0)) {
        throw InputError(concat("the weights of the events that set the cut add up to ", total,
                                ", of which no cut keeps a fraction: they must add up to more "
                                "than 0"));
    }
    double sum = 0;
    for (std::size_t i = 0; i < descending.size(); ++i) {
        sum += double{weight[i]};
        if (sum >= efficiency * total) return descending[i];
    }
    throw InputError(concat("selection efficiency ", efficiency,
                            " cannot be reached: the weights "
                            "of all mapped signal-region events add up to ",
                            sum, " of ", total,
                            "; ask for smaller efficiencies or quote them relative to mapped "
                            "events"));
}

}  // namespace lacathode
