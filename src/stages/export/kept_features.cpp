#include "stages/export/kept_features.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

std::size_t position_of(const std::string& name, const EventReader& events) {
    const std::vector<Column>& features = events.header().features;
    const auto found = std::ranges::find(features, name, &Column::name);
    if (found != features.end()) return static_cast<std::size_t>(found - features.begin());
    std::vector<std::string> there;
    for (const Column& feature : features) there.push_back(feature.name);
    throw InputError(
        concat(events.path(), ": has no feature '", name, "'; it has ", joined(there, ", ")));
}

// Whether a row of the file is the next scored event. Folds each have a partition of their own.
bool is_next(const EventTable& block, std::size_t row, const ScoredEvents& scored,
             std::size_t next) {
    const EventTable& events = scored.events;
    return next < events.size() && block.mass[row] == events.mass[next] &&
           block.source_row[row] == events.source_row[next] &&
           (events.has_fold() || same_part(block.partition[row], events.partition[next]));
}

[[noreturn]] void refuse(const EventReader& events, const ScoredEvents& scored) {
    throw InputError(concat(events.path(), " and ", scored.records.front().path,
                            " hold different events: give the events or latent file that was "
                            "scored"));
}

}  // namespace

std::vector<CsvColumn> read_features(const EventReader& events,
                                     const std::vector<std::string>& names,
                                     const ScoredEvents& scored,
                                     const std::vector<std::size_t>& rows) {
    std::vector<std::size_t> positions;
    for (const std::string& name : names) positions.push_back(position_of(name, events));
    std::vector<std::vector<float>> values(names.size());
    auto kept = rows.begin();
    std::size_t next = 0;  // of the scored events
    for (const EventTable& block : events.blocks()) {
        for (std::size_t row = 0; row < block.size(); ++row) {
            if (!is_next(block, row, scored, next)) {
                // Folds leave out what is set aside for trainings.
                if (scored.events.has_fold()) continue;
                refuse(events, scored);
            }
            if (kept != rows.end() && *kept == next) {
                for (std::size_t i = 0; i < positions.size(); ++i)
                    values[i].push_back(block.features(row, positions[i]));
                ++kept;
            }
            ++next;
        }
    }
    if (next != scored.events.size()) refuse(events, scored);
    std::vector<CsvColumn> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        columns.push_back({names[i], std::move(values[i])});
    }
    return columns;
}

}  // namespace lacathode
