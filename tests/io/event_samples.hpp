// Event tables for the tests of io.
#pragma once

#include <vector>

#include "lacathode/core/event_table.hpp"

namespace lacathode::test {

/// Labelled events with three features, the same for the same arguments; `first` numbers the rows.
EventTable some_events(std::size_t rows, std::size_t first = 0);

/// The same without label, as latent coordinates z0, z1; every seventh row is not mapped.
EventTable some_latent(std::size_t rows);

/// log p of the rows of some_latent.
std::vector<double> some_log_prob(const EventTable& latent);

}  // namespace lacathode::test
