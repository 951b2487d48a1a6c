#include "io/tables/csv_line.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace lacathode::io::detail {
namespace {

// The content of a quoted field; `rest` then begins behind its closing quote.
std::optional<std::string> take_quoted(std::string_view& rest) {
    std::string field;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != '"') {
            field += rest[i];
        } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
            field += rest[i++];
        } else {
            rest = trimmed(rest.substr(i + 1));
            return field;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::vector<std::string>> split_csv(std::string_view line) {
    std::vector<std::string> fields;
    std::string_view rest = trimmed(line);
    while (true) {
        if (rest.starts_with('"')) {
            auto field = take_quoted(rest);
            if (!field || (!rest.empty() && rest.front() != ',')) return std::nullopt;
            fields.push_back(std::move(*field));
        } else {
            const auto comma = std::min(rest.find(','), rest.size());
            fields.emplace_back(trimmed(rest.substr(0, comma)));
            rest.remove_prefix(comma);
        }
        if (rest.empty()) return fields;
        rest = trimmed(rest.substr(1));
    }
}

std::optional<double> parse_number(std::string_view field) {
    if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
    if (field.front() == '+' && field.size() > 1 && field[1] != '-') field.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
    return value;
}

}  // namespace lacathode::io::detail
