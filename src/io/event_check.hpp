// What the values of an event table must satisfy; one definition for reader and writer.
#pragma once

#include <span>
#include <string>

#include "lacathode/core/event_table.hpp"

namespace lacathode::io::detail {

/// The first thing wrong with the rows ("column 'mass': 3 values are not finite, the first in row
/// 17"), or empty. Rows are counted from `first_row`. `log_prob` [N] or empty.
std::string rows_problem(const EventTable& table, std::span<const double> log_prob,
                         std::size_t first_row);

/// What is wrong with the name of a feature as a dataset's name, or empty.
std::string name_problem(const std::string& name);

}  // namespace lacathode::io::detail
