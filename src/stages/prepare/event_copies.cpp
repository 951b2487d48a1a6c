#include "stages/prepare/event_copies.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/values_at.hpp"

namespace lacathode {
namespace {

// A number for each file: one for those that have a source in common, or are joined by others.
std::vector<std::int64_t> families(const std::vector<EventOrigins>& files) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto own = static_cast<std::int64_t>(i);
        numbers.push_back(own);
        for (std::size_t j = 0; j < i; ++j) {
            if (common_source(files[i], files[j]).empty()) continue;
            const std::int64_t joins = numbers[j];
            std::ranges::replace(numbers, joins, own);
        }
    }
    return numbers;
}

// Rows by mass and features; equal ones by group, a number for each row, and by their place.
std::vector<std::size_t> sorted_rows(const EventTable& events,
                                     const std::vector<std::int64_t>& group) {
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        if (events.mass[a] != events.mass[b]) return events.mass[a] < events.mass[b];
        const auto x = events.features.row(a);
        const auto y = events.features.row(b);
        const auto differ = std::ranges::mismatch(x, y);
        if (differ.in1 != x.end()) return *differ.in1 < *differ.in2;
        return std::pair(group[a], a) < std::pair(group[b], b);
    });
    return order;
}

// A row and a later one of equal mass, features and group that `may_be` copies.
template <class Condition>
std::optional<std::pair<std::size_t, std::size_t>> find_copies(
    const EventTable& events, const std::vector<std::int64_t>& group, const Condition& may_be) {
    const std::vector<std::size_t> order = sorted_rows(events, group);
    const auto found = std::ranges::adjacent_find(order, [&](std::size_t a, std::size_t b) {
        return group[a] == group[b] && events.mass[a] == events.mass[b] && may_be(a, b) &&
               std::ranges::equal(events.features.row(a), events.features.row(b));
    });
    if (found == order.end()) return std::nullopt;
    return std::pair(*found, *(found + 1));
}

}  // namespace

void require_no_copies(const Prepare::Config& config, const RawInput& input,
                       const std::vector<std::size_t>& file_of_row) {
    const EventTable& events = input.events.table;
    const auto in_two_files = [&](std::size_t a, std::size_t b) {
        return file_of_row[a] != file_of_row[b];
    };
    const auto not_kept_together = [&](std::size_t a, std::size_t b) {
        return config.split.folds == 0 || in_two_files(a, b);
    };
    auto copies = find_copies(events, events.source_row, not_kept_together);
    const std::vector<std::int64_t> family = families(input.origins);
    if (!copies && std::set(family.begin(), family.end()).size() < family.size()) {
        copies = find_copies(events, values_at(family, file_of_row), in_two_files);
    }
    if (!copies) return;
    const std::string& one = input.records[file_of_row[copies->first]].path;
    const std::string& other = input.records[file_of_row[copies->second]].path;
    if (in_two_files(copies->first, copies->second)) {
        throw InputError(concat(other, ": has events of ", one,
                                "; they would count twice: leave one of the files out"));
    }
    throw InputError(concat(one,
                            ": has copies of one event, which could be learned from and tested: "
                            "only folds keep them together (prepare.folds, run.folds)"));
}

void refuse_shared_background(const RawInput& data, const RawInput& extra) {
    for (const InputRecord& one : data.records) {
        const auto shared =
            std::ranges::find(extra.records, one.content_hash, &InputRecord::content_hash);
        if (shared == extra.records.end()) continue;
        throw InputError(concat(shared->path,
                                ": is extra background and the same file as the input ", one.path,
                                ", or a copy of it; its events would count twice"));
    }
    for (std::size_t i = 0; i < data.origins.size(); ++i) {
        for (std::size_t j = 0; j < extra.origins.size(); ++j) {
            const std::string source = common_source(data.origins[i], extra.origins[j]);
            if (source.empty()) continue;
            throw InputError(concat(extra.records[j].path,
                                    ": is extra background and goes back to the same source, ",
                                    source, ", as the input ", data.records[i].path,
                                    "; its events would count twice: name files of other events in "
                                    "prepare.extra_background"));
        }
    }
}

}  // namespace lacathode
