// Small work on text: messages, lists, columns.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode {

/// All arguments, streamed one after the other into one string.
template <class... Parts>
std::string concat(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

/// The parts with `separator` between them.
std::string joined(const std::vector<std::string>& parts, std::string_view separator = ",");

/// The parts between commas, empty ones included; of an empty text one empty part.
std::vector<std::string> split_at_commas(std::string_view text);

/// `text` without blanks and tabs at both ends.
std::string trimmed(std::string_view text);

/// A number in two digits at least: "03". For names in files, which then sort by number.
std::string two_digits(std::size_t number);

/// A bound above 0 in so many digits, so that it still is one: "0.334" of 1/3.
std::string rounded_up(double bound, int digits);

}  // namespace lacathode
