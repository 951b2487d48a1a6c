#include "io/tables/csv_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace lacathode::io::detail {
namespace {

constexpr std::string_view delimiters = ",;\t";

// The content of a quoted field; `rest` then begins behind its closing quote.
std::optional<std::string> take_quoted(std::string_view& rest, char delimiter) {
    std::string field;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != '"') {
            field += rest[i];
        } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
            field += rest[i++];
        } else {
            rest = trimmed(rest.substr(i + 1), delimiter);
            return field;
        }
    }
    return std::nullopt;
}

// A quote opens where a field begins, or where one was closed just before ("" stands for ").
std::string outside_quotes(std::string_view line) {
    std::string outside;
    bool quoted = false;
    bool may_open = true;
    for (const char c : line) {
        if (c == '"' && (quoted || may_open)) {
            quoted = !quoted;
            may_open = true;
        } else if (!quoted) {
            outside += c;
            may_open = delimiters.find(c) != std::string_view::npos || (may_open && c == ' ');
        }
    }
    return outside;
}

// The delimiter occurs, and no field between two of them holds another one.
bool divides(std::string_view text, char delimiter) {
    if (text.find(delimiter) == std::string_view::npos) return false;
    while (true) {
        const auto end = std::min(text.find(delimiter), text.size());
        const auto field = trimmed(text.substr(0, end), delimiter);
        if (field.find_first_of(delimiters) != std::string_view::npos) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

std::optional<double> parse_truth(std::string_view field) {
    static constexpr std::array<std::string_view, 3> yes = {"True", "true", "TRUE"};
    static constexpr std::array<std::string_view, 3> no = {"False", "false", "FALSE"};
    if (std::ranges::find(yes, field) != yes.end()) return 1;
    if (std::ranges::find(no, field) != no.end()) return 0;
    return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text, char delimiter) {
    const std::string_view blanks = delimiter == '\t' ? " \r" : " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<char> find_delimiter(std::string_view header) {
    const std::string text = outside_quotes(trimmed(header));
    if (text.find_first_of(delimiters) == std::string::npos) return ',';
    for (const char delimiter : delimiters) {
        if (divides(text, delimiter)) return delimiter;
    }
    return std::nullopt;
}

std::string delimiter_name(char delimiter) {
    return delimiter == ',' ? "commas" : delimiter == ';' ? "semicolons" : "tabs";
}

std::optional<std::vector<std::string>> split_csv(std::string_view line, char delimiter) {
    std::vector<std::string> fields;
    std::string_view rest = trimmed(line, delimiter);
    while (true) {
        if (rest.starts_with('"')) {
            auto field = take_quoted(rest, delimiter);
            if (!field || (!rest.empty() && rest.front() != delimiter)) return std::nullopt;
            fields.push_back(std::move(*field));
        } else {
            const auto end = std::min(rest.find(delimiter), rest.size());
            fields.emplace_back(trimmed(rest.substr(0, end), delimiter));
            rest.remove_prefix(end);
        }
        if (rest.empty()) return fields;
        rest = trimmed(rest.substr(1), delimiter);
    }
}

// Of a number that float64 does not reach: 0 where it is too small, nothing where it is too large.
std::optional<double> beyond_range(std::string_view digits) {
    const double nearest = std::strtod(std::string(digits).c_str(), nullptr);
    if (std::isinf(nearest)) return std::nullopt;
    return nearest;
}

std::optional<double> parse_number(std::string_view field) {
    if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::string_view digits = field;
    if (digits.front() == '+' && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool is_whole = end == digits.data() + digits.size();
    if (error == std::errc::result_out_of_range && is_whole) return beyond_range(digits);
    if (error != std::errc() || !is_whole) return parse_truth(field);
    return value;
}

bool is_rounded_integer(std::string_view field, double value) {
    constexpr double last_exact = 9007199254740992.0;  // 2^53
    const double magnitude = std::abs(value);
    if (!(magnitude >= last_exact && std::isfinite(magnitude))) return false;
    if (field.starts_with('+') || field.starts_with('-')) field.remove_prefix(1);
    if (field.find_first_not_of("0123456789") != std::string_view::npos) return false;
    field.remove_prefix(field.find_first_not_of('0'));
    std::array<char, 512> digits{};  // the largest has 309
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude,
                                          std::chars_format::fixed)
                                .ptr;
    return field != std::string_view(digits.data(), end);
}

}  // namespace lacathode::io::detail
