#include "stages/support/kept_features.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
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

// `block` is what follows row `first` of the scored events.
bool same_rows(const EventTable& block, const EventTable& scored, std::size_t first) {
    const auto equal = [first](const auto& some, const auto& all) {
        return std::equal(some.begin(), some.end(),
                          all.begin() + static_cast<std::ptrdiff_t>(first));
    };
    return equal(block.mass, scored.mass) && equal(block.partition, scored.partition) &&
           equal(block.source_row, scored.source_row);
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
    constexpr std::size_t block_rows = 65'536;
    std::vector<std::size_t> positions;
    for (const std::string& name : names) positions.push_back(position_of(name, events));
    if (events.rows() != scored.events.size()) refuse(events, scored);
    std::vector<std::vector<float>> values(names.size());
    auto next = rows.begin();
    for (std::size_t first = 0; first < events.rows(); first += block_rows) {
        check_interrupt();
        const EventTable block = events.read(first, block_rows);
        if (!same_rows(block, scored.events, first)) refuse(events, scored);
        for (; next != rows.end() && *next < first + block.size(); ++next) {
            const auto features = block.features.row(*next - first);
            for (std::size_t i = 0; i < positions.size(); ++i) {
                values[i].push_back(features[positions[i]]);
            }
        }
    }
    std::vector<CsvColumn> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        columns.push_back({names[i], std::move(values[i])});
    }
    return columns;
}

}  // namespace lacathode
