#include "stages/prepare/prepare_events.hpp"

#include <algorithm>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "stages/prepare/event_copies.hpp"
#include "stages/prepare/input_memory.hpp"

namespace lacathode {
namespace {

// The features of that name, in their order.
EventTable with_features(const EventTable& events, const std::vector<std::string>& names,
                         const std::string& path) {
    std::vector<std::size_t> positions;
    EventTable chosen = events;
    chosen.feature_columns.clear();
    for (const std::string& name : names) {
        const auto found = std::ranges::find(events.feature_columns, name, &Column::name);
        if (found == events.feature_columns.end()) {
            std::vector<std::string> present;
            for (const Column& column : events.feature_columns) present.push_back(column.name);
            throw InputError(concat(path, ": has no feature '", name, "'; there are ",
                                    joined(present, ", "), ": set prepare.features"));
        }
        positions.push_back(static_cast<std::size_t>(found - events.feature_columns.begin()));
        chosen.feature_columns.push_back(*found);
    }
    chosen.features = Matrix<float>(events.size(), positions.size());
    for (std::size_t row = 0; row < events.size(); ++row) {
        for (std::size_t i = 0; i < positions.size(); ++i)
            chosen.features(row, i) = events.features(row, positions[i]);
    }
    return chosen;
}

// What was drawn or selected for a method is no data, and what was moved has its m no more.
void require_events_as_measured(const EventReader& reader) {
    require_unmoved(reader);
    if (!reader.header().method) return;
    throw InputError(concat(reader.path(), ": is background for ",
                            method_name(*reader.header().method),
                            ", no data: give the events file that it was made from"));
}

// In the data they would be a bump in the signal region.
void require_data(const EventTable& events, const std::string& path) {
    const std::size_t extra =
        rows_where(events, [&](std::size_t row) {
            return events.has_label() && events.label[row] == 0 && !is_data(events.partition[row]);
        }).size();
    if (extra == 0) return;
    throw InputError(concat(path, ": has ", extra,
                            " events of extra background (prepare.extra_background), which are "
                            "no data: prepare them from the tables again"));
}

}  // namespace

RawInput read_event_files(const Prepare::Config& config, const std::vector<StageInput>& files) {
    RawInput input;
    std::vector<std::size_t> file_of_row;
    for (const auto& [role, path] : files) {
        const EventReader reader(path, EventKind::events);
        if (const InputRecord* same = record_of_content(input.records, reader.content_hash())) {
            throw InputError(concat(path, ": has the same content as ", same->path,
                                    "; its events would count twice"));
        }
        require_events_as_measured(reader);
        require_memory(input.rows + reader.rows(),
                       config.features.size() + (reader.header().has_weight ? 1 : 0), path,
                       memory_of_this_machine());
        EventTable events = with_features(reader.read_all(), config.features, path);
        require_data(events, path);
        file_of_row.resize(input.rows + events.size(), input.records.size());
        events.partition.assign(events.size(), Partition::training);
        input.rows += events.size();
        if (input.records.empty()) {
            input.events.table = std::move(events);
        } else {
            const EventTable& first = input.events.table;
            if (events.mass_column != first.mass_column ||
                events.feature_columns != first.feature_columns ||
                events.has_label() != first.has_label() ||
                events.has_weight() != first.has_weight() ||
                events.mapped.empty() != first.mapped.empty()) {
                throw InputError(concat(path, ": differs in columns or units from ",
                                        files.front().path,
                                        "; files that are read as one have the same"));
            }
            append(input.events.table, events);
        }
        input.records.push_back(reader.record(role));
        input.origins.push_back(reader.provenance().origins);
    }
    if (std::ranges::count(input.events.table.mapped, 0) > 0) {
        throw InputError(concat(files.front().path,
                                ": has events without features (not mapped): give events as they "
                                "were before a flow"));
    }
    input.events.table.mapped.clear();
    require_no_copies(config, input, file_of_row);
    return input;
}

}  // namespace lacathode
