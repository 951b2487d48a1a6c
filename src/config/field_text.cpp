#include <cstdio>

#include "json_value.hpp"
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

std::string map_json(const std::vector<std::string>& parts) {
    std::string result = "{";
    for (const std::string& part : parts) {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos) return {};
        if (result.size() > 1) result += ',';
        result += quoted(trimmed(part.substr(0, equals)));
        result += ':';
        result += trimmed(part.substr(equals + 1));
    }
    return result + '}';
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
        return map_json(items(text));
    return text;
}

}  // namespace

void set_from_text(const Field& field, const std::string& text) {
    const std::string problem = config::detail::set_from_json(field, json_of(field, text));
    if (!problem.empty()) throw UsageError(field.key + " = '" + text + "': " + problem);
}

}  // namespace lacathode
