// One line of a CSV file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode::io::detail {

/// What separates the names of a header line: ',', ';' or a tab; ',' for a single name. Nothing if
/// more than one of them occurs outside quotes, which could be read in two ways.
std::optional<char> find_delimiter(std::string_view header);

/// ',' as "commas", and so on.
std::string delimiter_name(char delimiter);

/// The fields between delimiters, without blanks around them; quotes ("a ""b"", c") taken off.
/// Nothing if a quote is not closed.
std::optional<std::vector<std::string>> split_csv(std::string_view line, char delimiter = ',');

/// The number that the field spells in full ("1.5", "+2e3", "nan", "-inf"), 1 and 0 for True and
/// False (or all in one case); NaN for an empty field, as pandas writes a missing value; else
/// nothing.
std::optional<double> parse_number(std::string_view field);

/// Whether the field is an integer that `value`, the nearest float64, is not: one beyond 2^53.
bool is_rounded_integer(std::string_view field, double value);

/// Without the line's end (CR) and blanks around it. A tab that separates fields is no blank: the
/// field beside it may be empty.
std::string_view trimmed(std::string_view text, char delimiter = ',');

}  // namespace lacathode::io::detail
