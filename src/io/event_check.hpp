// What the values of an event table must satisfy; one definition for reader and writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "lacathode/core/event_table.hpp"

namespace lacathode::io::detail {

/// The first thing wrong with the rows ("column 'mass': 3 values not finite, the first in row
/// 17"), or empty. Rows are counted from `first_row`.
std::string rows_problem(const EventTable& table, std::size_t first_row);

/// The same of log p [N]; `mapped` [N], or empty where all rows are.
std::string log_prob_problem(std::span<const double> log_prob, std::span<const std::uint8_t> mapped,
                             std::size_t first_row);

/// What is wrong with the name of a feature as a dataset's name, or empty.
std::string name_problem(const std::string& name);

}  // namespace lacathode::io::detail
