// Features of scored events, which scores files do not have.
#pragma once

#include <string>
#include <vector>

#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/scored_events.hpp"

namespace lacathode {

/// The features `names` of the rows `rows` (ascending) out of a file of the scored events, float32,
/// in the order of `names`. Throws InputError for a feature that the file does not have, and unless
/// it holds the scored events.
std::vector<CsvColumn> read_features(const EventReader& events,
                                     const std::vector<std::string>& names,
                                     const ScoredEvents& scored,
                                     const std::vector<std::size_t>& rows);

}  // namespace lacathode
