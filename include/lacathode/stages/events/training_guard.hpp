// Whether a partition still says who has seen an event.
#pragma once

#include <string>

#include "lacathode/io/event_file.hpp"

namespace lacathode {

/// A model, or background drawn from one, and what trained it.
struct TrainedOn {
    const std::string& path;
    const EventOrigins& origins;
};

/// Throws InputError if there is none: what would come of the file could not be traced.
void require_known_origins(const std::string& path, const EventOrigins& origins);

/// A test event is one that no training has seen. That holds for the events file that the model was
/// trained on, and for events of other sources, all of which it has not seen; in another events
/// file of the same source, test events may be its training events. Throws InputError that names
/// both files and the remedy in that case, and as require_known_origins (docs/method.md, section
/// 1).
void require_valid_partitions(const TrainedOn& model, const EventReader& events);

}  // namespace lacathode
