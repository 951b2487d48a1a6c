// Which events a stage works on.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"

namespace lacathode {

/// Positions of the rows for which `keep(row)` holds, ascending.
std::vector<std::size_t> rows_where(const EventTable& events,
                                    const std::function<bool(std::size_t)>& keep);

enum class Region { signal_region, sideband };

/// The rows of one partition in one region.
std::vector<std::size_t> rows_of(const EventTable& events, Partition partition, Region region,
                                 const MassWindow& window);

/// Throws InputError unless there are at least `minimum` rows: what is missing, in which file, what
/// to do.
void require_events(std::size_t count, std::size_t minimum, const std::string& what,
                    const std::string& path);

/// What `action` returns; an InputError that it throws is told with the name of the file.
template <class Action>
auto with_path(const std::string& path, const Action& action) {
    try {
        return action();
    } catch (const InputError& error) {
        throw InputError(path + ": " + error.what());
    }
}

/// Masses of the rows as the networks take them, float32. [rows]
std::vector<float> masses_as_float(const EventTable& events);

}  // namespace lacathode
