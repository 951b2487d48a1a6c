// One line of a CSV file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode::io::detail {

/// The fields between commas, without blanks around them; quotes ("a ""b"", c") taken off. Nothing
/// if a quote is not closed.
std::optional<std::vector<std::string>> split_csv(std::string_view line);

/// The number that the field spells in full ("1.5", "+2e3", "nan", "-inf"); NaN for an empty field,
/// as pandas writes a missing value; else nothing.
std::optional<double> parse_number(std::string_view field);

/// Without the line's end (CR) and blanks around it.
std::string_view trimmed(std::string_view text);

}  // namespace lacathode::io::detail
