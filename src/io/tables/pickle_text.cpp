#include "io/tables/pickle_text.hpp"

#include <charconv>
#include <cstdint>

namespace lacathode::io::detail {
namespace {

void append_utf8(std::string& text, std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    }
}

// V: raw-unicode-escape. Bytes are Latin-1, \uXXXX and \UXXXXXXXX other characters.
std::string unescaped(std::string_view raw) {
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char kind = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
        const std::size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        std::uint32_t code = static_cast<unsigned char>(raw[i]);
        if (digits > 0 && i + 2 + digits <= raw.size()) {
            std::from_chars(raw.data() + i + 2, raw.data() + i + 2 + digits, code, 16);
            i += 1 + digits;
        }
        append_utf8(text, code);
    }
    return text;
}

// S: a quoted Python 2 string.
std::string unquoted(std::string_view line) {
    return line.size() < 2 ? "" : std::string(line.substr(1, line.size() - 2));
}

}  // namespace

std::vector<std::string> pickled_texts(std::string_view pickle) {
    std::vector<std::string> texts;
    while (!pickle.empty()) {
        const char opcode = pickle.front();
        pickle.remove_prefix(1);
        if (std::string_view("(lpdgaItsVSLN.").find(opcode) == std::string_view::npos) return {};
        // These opcodes carry an argument up to the end of the line; the others stand alone.
        if (std::string_view("pgIVSL").find(opcode) == std::string_view::npos) continue;
        const auto end = pickle.find('\n');
        if (end == std::string_view::npos) return {};
        const auto line = pickle.substr(0, end);
        if (opcode == 'V') texts.push_back(unescaped(line));
        if (opcode == 'S') texts.push_back(unquoted(line));
        pickle.remove_prefix(end + 1);
    }
    return texts;
}

}  // namespace lacathode::io::detail
