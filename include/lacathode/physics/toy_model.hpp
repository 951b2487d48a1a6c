// The toy model of the LaCATHODE paper (section III; docs/method.md, section 8).
#pragma once

#include <cstddef>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {

/// Background only: m uniform in (mass_low, mass_high), x ~ N(c m, 1)^D, no unit.
struct ToyModel {
    double correlation = 0.1;  ///< c; the paper studies 0.001 and 0.1
    double mass_low = -10;
    double mass_high = 10;
    std::size_t features = 2;  ///< D
};

/// `events` events with columns m and x0 ... x{D-1}, label 0, partition training, source_row
/// -1 - k. Throws UsageError unless the constants are finite, mass_low < mass_high and D > 0.
EventTable generate_toy(const ToyModel& model, std::size_t events, RandomStream stream);

/// The exact latent map z = x - c m: [N, D]. Throws ContractViolation if D differs.
Matrix<float> toy_latent(const ToyModel& model, const EventTable& events);

}  // namespace lacathode
