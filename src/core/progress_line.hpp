// What a progress bar says, and how it is cut to the width of a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lacathode::core::detail {

struct ProgressLine {
    std::string title;
    std::uint64_t done = 0;
    std::uint64_t total = 1;  ///< > 0
    double elapsed = 0;       ///< seconds
    double left = 0;          ///< seconds
    std::string note;
};

/// Everything but the bar: a line of the log.
std::string whole_text(const ProgressLine& line);

/// Bar and text in fewer than `width` columns, as some terminals begin a new line once the last
/// column is written. What does not fit goes in this order: the note, the time elapsed, the title,
/// and then whatever stands at the end.
std::string fitted_text(const ProgressLine& line, std::size_t width);

}  // namespace lacathode::core::detail
