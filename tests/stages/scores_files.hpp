// Small scores files, for the tests of stages that combine them.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {

inline constexpr double inside = 3.5;
inline constexpr double outside = 3.0;
inline const float none = std::nanf("");

/// Validation events of the signal region; NaN: not mapped.
inline EventTable scored(const std::vector<float>& scores) {
    EventTable events;
    events.mass_column = {"m", "TeV"};
    events.feature_columns = {{"score", "1"}};
    events.features = Matrix<float>(scores.size(), 1, scores);
    for (std::size_t row = 0; row < scores.size(); ++row) {
        events.mass.push_back(inside);
        events.partition.push_back(Partition::validation);
        events.source_row.push_back(static_cast<std::int64_t>(row));
        events.mapped.push_back(std::isnan(scores[row]) ? 0 : 1);
    }
    return events;
}

inline std::vector<float> values(const EventTable& events) {
    return {events.features.values().begin(), events.features.values().end()};
}

struct ScoresFile {
    EventTable events;
    EventHeader header;
    Provenance provenance;
};

struct ScoresFiles : Scratch {
    // A scores file of a classifier of that hash, after `change`.
    [[nodiscard]] std::string write(
        const std::string& name, const std::string& classifier, const std::vector<float>& scores,
        const std::function<void(ScoresFile&)>& change = [](ScoresFile&) {}) const {
        ScoresFile file{.events = scored(scores),
                        .header = header_of(scored(scores), {3.3, 3.7}),
                        .provenance = some_provenance()};
        file.header.flow_hash = classifier;
        file.header.method = Method::cathode;
        file.provenance.origins = {{"0123", {"table"}}};
        change(file);
        write_events(path(name), EventKind::scores, file.header, file.events, {}, file.provenance,
                     Overwrite::allow);
        return path(name);
    }
};

}  // namespace lacathode::test
