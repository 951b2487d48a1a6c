#include "lacathode/config/json.hpp"

#include <nlohmann/json.hpp>
#include <type_traits>

namespace lacathode {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Variations& variations) {
    Json axes = Json::array();
    for (const auto& axis : variations.axes) {
        Json alternatives = Json::object();
        for (const Alternative& one : axis) alternatives[one.name] = Json::parse(one.settings);
        axes.push_back(std::move(alternatives));
    }
    return axes;
}

Json json_of(const Field& field) {
    return std::visit(
        [](const auto& value) -> Json {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, Choice>) {
                return value.names.at(value.get());
            } else if constexpr (std::is_same_v<Value, FilePatterns*>) {
                if (value->empty()) return "";
                if (value->patterns.size() == 1) return value->patterns.front();
                return value->patterns;
            } else if constexpr (std::is_same_v<Value, Variations*>) {
                return json_of(*value);
            } else if constexpr (std::is_same_v<Value, Choices>) {
                Json names = Json::array();
                for (const std::size_t position : value.get())
                    names.push_back(value.names.at(position));
                return names;
            } else {
                return *value;
            }
        },
        field.value);
}

// Paths may hold bytes that are not UTF-8; they are shown as U+FFFD.
std::string text_of(const Json& json, int indent = 2) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

constexpr const char* absent = "absent";
using KeysAndValues = std::vector<std::pair<std::string, std::string>>;

// SECTION.KEY and the value as JSON, in order; nothing if the text holds no such thing.
KeysAndValues keys_and_values(const std::string& config) {
    // What lies deeper than any configuration is left out, and not walked through.
    const auto not_too_deep = [](int depth, Json::parse_event_t, Json&) { return depth <= 64; };
    const Json json = Json::parse(config, not_too_deep, /*allow_exceptions=*/false);
    if (!json.is_object()) return {};
    KeysAndValues all;
    for (const auto& [section, keys] : json.items()) {
        if (!keys.is_object()) continue;
        for (const auto& [key, value] : keys.items())
            all.emplace_back(section + "." + key, value.dump());
    }
    return all;
}

std::string value_or_absent(const KeysAndValues& all, const std::string& key) {
    const auto found = std::ranges::find(all, key, &KeysAndValues::value_type::first);
    return found == all.end() ? absent : found->second;
}

Json json_of(const Summary& summary) {
    Json json = Json::object();
    for (const auto& [name, value] : summary) {
        json[name] = std::visit([](const auto& v) { return Json(v); }, value);
    }
    return json;
}

}  // namespace

std::string value_text(const Field& field) {
    return json_of(field).dump();
}

std::string to_json(std::span<const Section> sections, int indent) {
    Json json = Json::object();
    for (const Section& section : sections) {
        Json object = Json::object();
        for (const Field& field : section.fields) object[field.key] = json_of(field);
        json[section.name] = std::move(object);
    }
    return text_of(json, indent);
}

std::vector<std::string> differing_keys(const std::string& was, const std::string& is) {
    const auto before = keys_and_values(was);
    const auto now = keys_and_values(is);
    std::vector<std::string> differences;
    const auto add = [&](const std::string& key, const std::string& old_value,
                         const std::string& value) {
        if (old_value != value)
            differences.push_back(key + " (was " + old_value + ", is " + value + ")");
    };
    for (const auto& [key, value] : now) add(key, value_or_absent(before, key), value);
    for (const auto& [key, value] : before) {
        if (value_or_absent(now, key) == absent) add(key, value, absent);
    }
    return differences;
}

std::string reference_json(std::span<const Section> sections) {
    Json json = Json::object();
    for (const Section& section : sections) {
        Json fields = Json::array();
        for (const Field& field : section.fields) {
            fields.push_back({{"key", field.key},
                              {"unit", field.unit},
                              {"default", json_of(field)},
                              {"values", values_text(field)},
                              {"help", field.help}});
        }
        json[section.name] = std::move(fields);
    }
    return text_of(json);
}

std::string to_json(const Summary& summary) {
    return text_of(json_of(summary));
}

}  // namespace lacathode
