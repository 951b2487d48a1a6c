#include "lacathode/io/event_file.hpp"

#include "lacathode/core/errors.hpp"

namespace lacathode {

FileFormat event_format(EventKind kind) {
    switch (kind) {
        case EventKind::events:
            return FileFormat::events;
        case EventKind::latent:
            return FileFormat::latent;
        case EventKind::scores:
            return FileFormat::scores;
    }
    throw ContractViolation("no such kind of event file");
}

EventHeader header_of(const EventTable& table, const MassWindow& signal_region) {
    return {.mass = table.mass_column,
            .features = table.feature_columns,
            .signal_region = signal_region,
            .has_label = table.has_label(),
            .has_mapped = !table.mapped.empty(),
            .has_fold = table.has_fold(),
            .has_weight = table.has_weight(),
            .flow_hash = "",
            .method = {},
            .counts = {},
            .rows = table.size()};
}

}  // namespace lacathode
