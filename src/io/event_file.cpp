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

EventFile read_events(const std::string& path, EventKind kind) {
    const EventReader reader(path, kind);
    EventFile file{.header = reader.header(),
                   .table = reader.read_all(),
                   .log_prob = {},
                   .provenance = reader.provenance()};
    if (kind == EventKind::latent) file.log_prob = reader.read_log_prob(0, reader.rows());
    return file;
}

std::string write_events(const std::string& path, EventKind kind, EventHeader header,
                         const EventTable& table, std::span<const double> log_prob,
                         const Provenance& provenance, Overwrite overwrite) {
    if (table.size() > 0) {
        header.has_label = table.has_label();
        header.has_mapped = !table.mapped.empty();
        header.has_fold = table.has_fold();
        header.has_weight = table.has_weight();
    }
    EventWriter writer(path, kind, std::move(header), overwrite);
    writer.append(table, log_prob);
    return writer.commit(provenance);
}

}  // namespace lacathode
