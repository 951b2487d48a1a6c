// Where a cut on the score keeps a given fraction of events. docs/method.md, section 6
#pragma once

#include <cstdint>
#include <span>

namespace lacathode {

/// The (1 - eps) quantile, linear between order statistics, of the scores of N `events`, of which
/// only the `descending` ones are known; the others stand below them. An event is selected if
/// score >= threshold. Throws UsageError unless 0 < eps <= 1, InputError if eps exceeds the known
/// fraction.
double score_threshold(std::span<const float> descending, std::int64_t events, double efficiency);

/// The same where events have weights: the lowest score up to which, from the highest one on, the
/// weights first add up to the fraction eps of `total`. `weight` [N] goes with `descending` [N].
/// Throws UsageError unless 0 < eps <= 1, InputError if they never do or `total` is not above 0.
double score_threshold(std::span<const float> descending, std::span<const float> weight,
                       double total, double efficiency);

}  // namespace lacathode
