#include "lacathode/stages/events/event_selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

std::string name_of(Space space) {
    switch (space) {
        case Space::latent:
            return "a flow's latent space";
        case Space::features:
            return "the space of the features";
        case Space::reference_mass:
            return "the space of features that were moved to one mass";
    }
    throw ContractViolation("a space without a name");
}

// Where events in that space come from.
std::string maker_of(Space space) {
    switch (space) {
        case Space::latent:
            return "what lacathode-encode makes of them";
        case Space::features:
            return "the events file that lacathode-encode and -transport read";
        case Space::reference_mass:
            return "what lacathode-transport makes of them";
    }
    throw ContractViolation("a space that nobody makes");
}

}  // namespace

std::vector<std::size_t> rows_where(const EventTable& events,
                                    const std::function<bool(std::size_t)>& keep) {
    check_interrupt();
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (keep(row)) rows.push_back(row);
    }
    return rows;
}

std::vector<std::size_t> rows_of(const EventTable& events, Partition partition, Region region,
                                 const MassWindow& window) {
    return rows_where(events, [&](std::size_t row) {
        return events.partition[row] == partition &&
               window.contains(events.mass[row]) == (region == Region::signal_region);
    });
}

bool all_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

double reference_mass(const MassWindow& signal_region) {
    return signal_region.middle();
}

void require_events(std::size_t count, std::size_t minimum, const std::string& what,
                    const std::string& path) {
    if (count >= minimum) return;
    throw InputError(
        concat(path.empty() ? "" : path + ": ", count, " ", what, ", at least ", minimum,
               " needed: check the signal region's edges, their unit and the split fractions"));
}

EventTable mark_outside(EventTable events, const std::optional<FeatureBox>& box) {
    if (!box) return events;
    events.mapped.resize(events.size(), 1);
    for (std::size_t row = 0; row < events.size(); ++row) {
        const auto features = events.features.row(row);
        if (box->contains(features)) continue;
        events.mapped[row] = 0;
        std::ranges::fill(features, std::numeric_limits<float>::quiet_NaN());
    }
    return events;
}

EventKind event_kind(Space space) {
    return space == Space::latent ? EventKind::latent : EventKind::events;
}

Space space_of(const EventReader& events) {
    if (events.kind() == EventKind::latent) return Space::latent;
    const EventHeader& header = events.header();
    if (header.flow_hash.empty()) return Space::features;
    // Drawn for a method, they lie where it sees them; others, data or true background, were moved.
    const bool are_drawn = header.method && info(*header.method).needs_flow();
    return are_drawn ? info(*header.method).space : Space::reference_mass;
}

void require_unmoved(const EventReader& events) {
    if (space_of(events) != Space::reference_mass) return;
    throw InputError(concat(events.path(), " lies in ", name_of(Space::reference_mass), ": give ",
                            maker_of(Space::features)));
}

void require_space(Method method, const EventReader& events) {
    const Space found = space_of(events);
    const Space wanted = info(method).space;
    if (found == wanted) return;
    throw InputError(concat(events.path(), " lies in ", name_of(found), ", but ",
                            method_name(method), " sees events in ", name_of(wanted), ": give ",
                            maker_of(wanted)));
}

}  // namespace lacathode
