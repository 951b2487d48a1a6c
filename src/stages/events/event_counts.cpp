#include "lacathode/stages/events/event_counts.hpp"

#include <algorithm>

namespace lacathode {
void EventCounts::add(Partition partition, Region region, std::int8_t label, std::size_t count) {
    counts_.at(static_cast<std::size_t>(partition))[static_cast<std::size_t>(region)].at(
        static_cast<std::size_t>(label)) += count;
}

void EventCounts::add_below(Partition partition) {
    ++below_.at(static_cast<std::size_t>(partition));
}

std::size_t EventCounts::below(Partition partition) const {
    return below_.at(static_cast<std::size_t>(partition));
}

void EventCounts::add_weight(Region region, double weight) {
    is_weighted_ = is_weighted_ || weight != 1;
    double& least = least_weight_.at(static_cast<std::size_t>(region));
    least = std::min(least, weight);
}

double EventCounts::least_weight(Region region) const {
    return least_weight_.at(static_cast<std::size_t>(region));
}

const EventCounts::ByTruth& EventCounts::at(Partition partition, Region region) const {
    return counts_.at(static_cast<std::size_t>(partition))[static_cast<std::size_t>(region)];
}

std::size_t EventCounts::background(Partition partition, Region region) const {
    return at(partition, region)[0];
}

std::size_t EventCounts::signal(Partition partition, Region region) const {
    return at(partition, region)[1];
}

std::size_t EventCounts::all(Partition partition, Region region) const {
    return background(partition, region) + signal(partition, region);
}

EventCounts count_events(const EventReader& reader,
                         const std::function<void(const EventTable&)>& look) {
    const MassWindow& window = reader.header().signal_region;
    EventCounts counts(reader.header().has_label);
    for (const EventTable& events : reader.blocks()) {
        if (look) look(events);
        for (std::size_t row = 0; row < events.size(); ++row) {
            const Region region =
                window.contains(events.mass[row]) ? Region::signal_region : Region::sideband;
            counts.add(events.partition[row], region,
                       events.has_label() ? events.label[row] : std::int8_t{0});
            if (events.mass[row] <= window.low()) counts.add_below(events.partition[row]);
            counts.add_weight(region, events.weight_of(row));
        }
    }
    return counts;
}

}  // namespace lacathode
