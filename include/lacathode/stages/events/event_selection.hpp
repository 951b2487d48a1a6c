// Which events a stage works on.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/feature_box.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/event_file.hpp"

namespace lacathode {

/// Positions of the rows for which `keep(row)` holds, ascending.
std::vector<std::size_t> rows_where(const EventTable& events,
                                    const std::function<bool(std::size_t)>& keep);

/// The rows of one partition in one region.
std::vector<std::size_t> rows_of(const EventTable& events, Partition partition, Region region,
                                 const MassWindow& window);

/// Of what a flow makes of a point far out, this need not hold.
bool all_finite(std::span<const float> values);

/// m0, the mass to which Space::reference_mass moves every event: the middle of the signal region.
double reference_mass(const MassWindow& signal_region);

/// Throws InputError unless there are at least `minimum` rows: what is missing, in which file, what
/// to do.
void require_events(std::size_t count, std::size_t minimum, const std::string& what,
                    const std::string& path);

/// The events with `mapped` = 0 and NaN where features lie outside `box`; all as they were without
/// one.
EventTable mark_outside(EventTable events, const std::optional<FeatureBox>& box);

/// The kind of file that holds events of that space.
EventKind event_kind(Space space);

/// The space that the rows of an events or latent file lie in, as its header tells.
Space space_of(const EventReader& events);
/// Throws InputError for events that lacathode-transport has moved to one mass: a flow knows none
/// such.
void require_unmoved(const EventReader& events);
/// Throws InputError unless that is the space in which the method's score sees events.
void require_space(Method method, const EventReader& events);

}  // namespace lacathode
