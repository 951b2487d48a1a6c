#include "core/progress_line.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "lacathode/core/text.hpp"

namespace lacathode::core::detail {
namespace {

constexpr std::size_t wide_terminal = 100;
constexpr std::size_t shortest_note = 12;  // a shorter one says nothing
constexpr std::string_view ellipsis = "..";

std::string duration_text(double seconds) {
    const auto total = std::lround(seconds);
    char text[32];
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
    return text;
}

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;  // UTF-8
}

// One a character, which is right for all but the wide ones of East Asia.
std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string first_columns(const std::string& text, std::size_t columns) {
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end) {
        if (begins_character(text[end]) && seen++ == columns) break;
    }
    return text.substr(0, end);
}

// The text, or its beginning with dots to show that it is cut.
std::string cut(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    if (columns <= ellipsis.size()) return first_columns(text, columns);
    return concat(first_columns(text, columns - ellipsis.size()), ellipsis);
}

std::string bar_text(const ProgressLine& line, std::size_t length) {
    const double part =
        static_cast<double>(std::min(line.done, line.total)) / static_cast<double>(line.total);
    const auto filled = static_cast<std::size_t>(static_cast<double>(length) * part);
    return concat('[', std::string(filled, '#'), std::string(length - filled, '.'), "] ");
}

std::string count_text(const ProgressLine& line) {
    return concat(' ', line.done, '/', line.total);
}
std::string elapsed_text(const ProgressLine& line) {
    return "  elapsed " + duration_text(line.elapsed);
}
std::string left_text(const ProgressLine& line) {
    return "  left " + duration_text(line.left);
}
std::string note_text(const ProgressLine& line) {
    return line.note.empty() ? "" : "  " + line.note;
}

}  // namespace

std::string whole_text(const ProgressLine& line) {
    return concat(line.title, count_text(line), elapsed_text(line), left_text(line),
                  note_text(line));
}

std::string fitted_text(const ProgressLine& line, std::size_t width) {
    const std::size_t columns = std::max<std::size_t>(width, 1) - 1;
    const std::string bar = bar_text(line, width < wide_terminal ? 10 : 24);
    const std::string count = count_text(line);
    const std::string elapsed = elapsed_text(line);
    const std::string left = left_text(line);
    const std::size_t needed = bar.size() + count.size() + left.size();
    std::size_t room = columns - std::min(columns, needed);
    const std::string title = cut(line.title, room);
    room -= columns_of(title);
    if (room < elapsed.size()) return first_columns(concat(bar, title, count, left), columns);
    room -= elapsed.size();
    const std::string note = room < shortest_note ? "" : cut(note_text(line), room);
    return concat(bar, title, count, elapsed, left, note);
}

}  // namespace lacathode::core::detail
