// Whole event files, for tests: programs read and write theirs in blocks.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/io/event_file.hpp"

namespace lacathode::test {

/// A whole table and its header.
struct EventFile {
    EventHeader header;
    EventTable table;
    std::vector<double> log_prob;  ///< [N] for latent files, else empty
    Provenance provenance;         ///< with the content hash
};

inline EventFile read_events(const std::string& path, EventKind kind) {
    const EventReader reader(path, kind);
    EventFile file{.header = reader.header(),
                   .table = reader.read_all(),
                   .log_prob = {},
                   .provenance = reader.provenance()};
    if (kind == EventKind::latent) file.log_prob = reader.read_log_prob(0, reader.rows());
    return file;
}

/// Writes a whole table; returns the content hash. header.has_label, has_mapped, has_fold and
/// has_weight are taken from the table unless it is empty.
inline std::string write_events(const std::string& path, EventKind kind, EventHeader header,
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

}  // namespace lacathode::test
