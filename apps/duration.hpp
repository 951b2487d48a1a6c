// Durations as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace lacathode {

/// A whole number of at least 1 and its unit: "90s", "50m" or "2h". Nothing for any other text.
std::optional<std::chrono::seconds> duration_of(const std::string& text);

inline constexpr const char* duration_remedy = "give a whole number and its unit, 90s, 50m or 2h";

}  // namespace lacathode
