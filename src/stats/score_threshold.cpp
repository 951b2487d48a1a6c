#include "lacathode/stats/score_threshold.hpp"

#include <cmath>
#include <iterator>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

double score_threshold(std::span<const float> descending, std::int64_t events, double efficiency) {
    if (!(0 < efficiency && efficiency <= 1)) {
        throw UsageError(concat("selection efficiency ", efficiency, " must be in (0, 1]"));
    }
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

}  // namespace lacathode
