#include <algorithm>
#include <cstdio>

#include "config/json_value.hpp"
#include "lacathode/config/field.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// The items of a list without the blanks around them; none of an empty text.
std::vector<std::string> items(const std::string& text) {
    if (trimmed(text).empty()) return {};
    std::vector<std::string> parts = split_at_commas(text);
    for (std::string& part : parts) part = trimmed(part);
    return parts;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            result += escape;
            continue;
        }
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

// A list; empty text, which is no JSON, if an item is empty: "a,,b" is more likely a slip than
// "a,b".
std::string list_json(const std::vector<std::string>& parts, bool words) {
    std::string result = "[";
    for (const std::string& part : parts) {
        if (part.empty()) return {};
        if (result.size() > 1) result += ',';
        result += words ? quoted(part) : part;
    }
    return result + ']';
}

std::string map_json(const std::vector<std::string>& parts, bool words) {
    std::string result = "{";
    for (const std::string& part : parts) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos) return {};
        if (result.size() > 1) result += ',';
        result += quoted(trimmed(part.substr(0, equals)));
        result += ':';
        const std::string value = trimmed(part.substr(equals + 1));
        result += words ? quoted(value) : value;
    }
    return result + '}';
}

// A text or a list of texts, rather than a path that begins with a bracket.
bool looks_like_json(const std::string& text) {
    if (!text.starts_with('[')) return text.starts_with('"');
    const auto inside = text.find_first_not_of(' ', 1);
    return inside != std::string::npos && text[inside] == '"';
}

// The JSON that a person meant by `text`, given what the field holds.
std::string json_of(const Field& field, const std::string& text) {
    const char first = text.empty() ? ' ' : text.front();
    if (std::holds_alternative<std::string*>(field.value) ||
        std::holds_alternative<Choice>(field.value)) {
        return first == '"' ? text : quoted(text);
    }
    if (first == '[' || first == '{' || first == '"') return text;
    if (std::holds_alternative<std::vector<std::string>*>(field.value) ||
        std::holds_alternative<Choices>(field.value))
        return list_json(items(text), true);
    if (std::holds_alternative<std::vector<double>*>(field.value) ||
        std::holds_alternative<std::vector<std::size_t>*>(field.value)) {
        return list_json(items(text), false);
    }
    if (std::holds_alternative<std::map<std::string, double>*>(field.value))
        return map_json(items(text), false);
    if (std::holds_alternative<Texts*>(field.value)) return map_json(items(text), true);
    return text;
}

}  // namespace

void set_from_text(const Field& field, const std::string& text) {
    auto* const* files = std::get_if<FilePatterns*>(&field.value);
    if (files != nullptr && !looks_like_json(text)) {  // not all paths are UTF-8, as JSON is
        (*files)->patterns.assign(text.empty() ? 0 : 1, text);
        return;
    }
    const std::string problem = config::detail::set_from_json(field, json_of(field, text));
    if (!problem.empty()) throw UsageError(field.key + " = '" + text + "': " + problem);
}

void set_from_texts(const Field& field, const std::vector<std::string>& texts) {
    if (texts.size() == 1) return set_from_text(field, texts.front());
    auto* const* files = std::get_if<FilePatterns*>(&field.value);
    if (files == nullptr) {
        throw UsageError(field.key + " is given " + std::to_string(texts.size()) +
                         " times; give it once");
    }
    if (std::ranges::find(texts, "") != texts.end()) {
        throw UsageError(field.key + ": a path among several is empty");
    }
    (*files)->patterns = texts;
}

}  // namespace lacathode
