#include "config/syntax_problem.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace lacathode::config::detail {
namespace {

// The text behind the first `mark`; nothing if there is none.
std::string_view behind(std::string_view text, std::string_view mark) {
    const auto at = text.find(mark);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

std::string_view before(std::string_view text, std::string_view mark) {
    return text.substr(0, text.find(mark));
}

// What may stand where the library was parsing `part`: it names one of the possibilities only.
std::string expected_in(std::string_view part, std::string_view expected) {
    using Expectation = std::pair<std::string_view, const char*>;
    static constexpr std::array<Expectation, 5> expectations = {{
        {"object key", "a key in double quotes"},
        {"object separator", "':'"},
        {"object", "',' or '}'"},
        {"array", "',' or ']'"},
        {"value", "a value: text in double quotes, a number, true, false, null, '[' or '{'"},
    }};
    if (expected == "end of input") return "the end of the file";
    const auto* const known = std::ranges::find(expectations, part, &Expectation::first);
    return known == expectations.end() ? std::string(expected) : known->second;
}

// Of a string, a number or a comment the library says what is wrong inside it.
bool explains_itself(std::string_view found) {
    return found.starts_with("invalid string") || found.starts_with("invalid number") ||
           found.starts_with("invalid comment");
}

}  // namespace

std::string place_text(std::string_view text, std::size_t byte) {
    const std::string_view until = text.substr(0, byte == 0 ? 0 : byte - 1);
    const auto line_begin = until.rfind('\n') + 1;  // 0 if there is none
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const auto line = 1 + std::ranges::count(until, '\n');
    const auto column = 1 + std::ranges::count_if(until.substr(line_begin), std::not_fn(continues));
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string syntax_problem(std::string_view text, std::size_t byte, std::string_view message) {
    const std::string place = place_text(text, byte) + ": ";
    const std::string_view error = behind(message, "syntax error while parsing ");
    if (error.empty()) return place + std::string(behind(message, "] "));
    const std::string_view part = before(error, " - ");
    const std::string_view detail = behind(error, " - ");
    const std::string_view found = before(detail, "; last read: ");
    if (explains_itself(found)) return place + std::string(found);
    return place + std::string(before(found, "; expected ")) + ", expected " +
           expected_in(part, behind(detail, "; expected "));
}

}  // namespace lacathode::config::detail
