// Fisher's exact test: is a rate higher here than there?
#pragma once

#include <cstdint>

namespace lacathode {

/// `hits` of `events` events, 0 <= hits <= events.
struct Proportion {
    std::int64_t hits = 0;
    std::int64_t events = 0;

    /// NaN of no events.
    [[nodiscard]] double rate() const;
};

/// P(at least tested.hits of all hits fall on the tested events), were the rates equal: one-sided,
/// given both numbers of events and the number of hits in all (hypergeometric), so that neither
/// rate need be known. Among equal rates at most a fraction alpha of the values lies at or below
/// alpha. Relative accuracy 1e-6 for up to 1e8 events. Throws ContractViolation unless both
/// proportions are possible.
double excess_p_value(const Proportion& tested, const Proportion& reference);

}  // namespace lacathode
