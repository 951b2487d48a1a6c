#include "lacathode/config/json.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "json_value.hpp"
#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"

namespace lacathode {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Field& field) {
    return std::visit(
        [](const auto& value) -> Json {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Choice>) {
                return value.names.at(value.get());
            } else if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Choices>) {
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

template <class T>
const char* expected_text() {
    if constexpr (std::is_same_v<T, bool>) return "expected true or false";
    if constexpr (std::is_same_v<T, int>) return "expected an integer";
    if constexpr (std::is_same_v<T, std::size_t>) return "expected a non-negative integer";
    if constexpr (std::is_same_v<T, double>) return "expected a number";
    if constexpr (std::is_same_v<T, std::string>) return "expected a string";
    if constexpr (std::is_same_v<T, std::vector<std::string>>) return "expected a list of strings";
    if constexpr (std::is_same_v<T, std::vector<double>>) return "expected a list of numbers";
    if constexpr (std::is_same_v<T, std::vector<std::size_t>>)
        return "expected a list of non-negative integers";
    return "expected an object of names and numbers";
}

// What the key may hold, for people.
std::string values_text(const Field& field) {
    return std::visit(
        [&field](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, Choice> || std::is_same_v<Value, Choices>) {
                return joined(value.names, ", ");
            } else if constexpr (std::is_same_v<Value, bool*>) {
                return "true, false";
            } else if constexpr (std::is_same_v<Value, std::string*> ||
                                 std::is_same_v<Value, std::vector<std::string>*>) {
                return "";
            } else {
                return field.range.text();
            }
        },
        field.value);
}

template <class T>
bool fits(const Json& json) {
    if constexpr (std::is_same_v<T, bool>) return json.is_boolean();
    if constexpr (std::is_same_v<T, int>) {
        if (json.is_number_unsigned())
            return json.template get<std::uint64_t>() <= std::numeric_limits<int>::max();
        return json.is_number_integer() &&
               json.template get<std::int64_t>() >= std::numeric_limits<int>::min();
    }
    if constexpr (std::is_same_v<T, std::size_t>) return json.is_number_unsigned();
    if constexpr (std::is_same_v<T, double>) return json.is_number();
    if constexpr (std::is_same_v<T, std::string>) return json.is_string();
    return false;
}

template <class T>
bool fits_all(const Json& json) {
    return std::all_of(json.begin(), json.end(), [](const Json& item) { return fits<T>(item); });
}

std::string assign(const Choice& field, const Json& json) {
    const auto found = json.is_string() ? std::ranges::find(field.names, json.get<std::string>())
                                        : field.names.end();
    if (found != field.names.end()) {
        field.set(static_cast<std::size_t>(found - field.names.begin()));
        return {};
    }
    return "expected one of: " + joined(field.names, ", ");
}

std::string assign(const Choices& field, const Json& json) {
    if (!json.is_array() || !fits_all<std::string>(json))
        return "expected a list out of: " + joined(field.names, ", ");
    std::vector<std::size_t> positions;
    for (const Json& item : json) {
        const auto name = item.get<std::string>();
        const auto found = std::ranges::find(field.names, name);
        if (found == field.names.end())
            return "there is no '" + name + "'; choose from: " + joined(field.names, ", ");
        positions.push_back(static_cast<std::size_t>(found - field.names.begin()));
    }
    field.set(positions);
    return {};
}

template <class T>
std::string assign(T* field, const Json& json) {
    *field = json.get<T>();
    return {};
}

template <class T>
std::string checked_assign(T* field, const Json& json) {
    return fits<T>(json) ? assign(field, json) : expected_text<T>();
}
template <class T>
std::string checked_assign(std::vector<T>* field, const Json& json) {
    return json.is_array() && fits_all<T>(json) ? assign(field, json)
                                                : expected_text<std::vector<T>>();
}
std::string checked_assign(std::map<std::string, double>* field, const Json& json) {
    return json.is_object() && fits_all<double>(json)
               ? assign(field, json)
               : expected_text<std::map<std::string, double>>();
}
std::string checked_assign(const Choice& field, const Json& json) {
    return assign(field, json);
}
std::string checked_assign(const Choices& field, const Json& json) {
    return assign(field, json);
}

void read_section(const Section& section, const Json& json, std::vector<std::string>& problems) {
    if (!json.is_object()) {
        problems.push_back("section '" + section.name + "' must be an object of keys and values");
        return;
    }
    std::vector<std::string> keys;
    for (const Field& field : section.fields) keys.push_back(field.key);
    std::set<const Field*> read;
    for (const auto& [key, value] : json.items()) {
        const Field* field = find_field(section, key);
        if (field == nullptr) {
            problems.push_back("unknown key '" + section.name + "." + key + "'; " +
                               suggestion(key, keys));
            continue;
        }
        if (!read.insert(field).second) {
            problems.push_back("'" + section.name + "." + field->former +
                               "' is the former name of '" + field->key +
                               "', which is there too; keep one of them");
        }
        const std::string problem = std::visit(
            [&value](const auto& target) { return checked_assign(target, value); }, field->value);
        if (!problem.empty())
            problems.push_back("'" + section.name + "." + key + "' = " + value.dump() + ": " +
                               problem);
    }
}

// Parses JSON whose objects name no key twice: of two equal keys JSON libraries keep one unseen.
template <class Input>
Json parse(Input&& input, bool ignore_comments) {
    std::vector<std::set<std::string>> open_objects;
    const auto watch = [&open_objects](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
        if (event == Json::parse_event_t::object_end) open_objects.pop_back();
        if (event == Json::parse_event_t::key &&
            !open_objects.back().insert(parsed.get<std::string>()).second) {
            throw UsageError("key '" + parsed.get<std::string>() + "' appears twice");
        }
        return true;
    };
    return Json::parse(std::forward<Input>(input), watch, true, ignore_comments);
}

Json parse_file(const std::string& path) {
    if (std::filesystem::is_directory(path)) {
        throw InputError("configuration file '" + path + "' is a directory: name a file");
    }
    std::ifstream file(path);
    if (!file)
        throw InputError("cannot open configuration file '" + path +
                         "': check the path and its permissions");
    try {
        return parse(file, /*ignore_comments=*/true);
    } catch (const Json::exception& error) {
        throw UsageError("configuration file '" + path + "' is not valid JSON: " + error.what());
    } catch (const UsageError& error) {
        throw UsageError("configuration file '" + path + "': " + error.what());
    }
}

// Paths may hold bytes that are not UTF-8; they are shown as U+FFFD.
std::string text_of(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

constexpr const char* absent = "absent";
using KeysAndValues = std::vector<std::pair<std::string, std::string>>;

// SECTION.KEY and the value as JSON, in order; nothing if the text holds no such thing.
KeysAndValues keys_and_values(const std::string& config) {
    const Json json = Json::parse(config, nullptr, /*allow_exceptions=*/false);
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

namespace config::detail {

std::string set_from_json(const Field& field, const std::string& json_text) {
    Json json;
    try {
        json = parse(json_text, /*ignore_comments=*/false);
    } catch (const UsageError& error) {
        return error.what();
    } catch (const Json::exception&) {
        return std::visit(
            [](const auto& target) -> std::string {
                using Target = std::decay_t<decltype(target)>;
                if constexpr (std::is_same_v<Target, Choice> || std::is_same_v<Target, Choices>) {
                    return "cannot be read; choose from: " + joined(target.names, ", ");
                } else {
                    return expected_text<std::remove_pointer_t<Target>>();
                }
            },
            field.value);
    }
    return std::visit([&json](const auto& target) { return checked_assign(target, json); },
                      field.value);
}

}  // namespace config::detail

std::string value_text(const Field& field) {
    return json_of(field).dump();
}

void read_config(const std::string& path, std::span<const Section> sections,
                 std::span<const std::string> known_sections) {
    const Json json = parse_file(path);
    std::vector<std::string> problems;
    if (!json.is_object()) problems.emplace_back("the file must hold one JSON object of sections");
    const std::vector<std::string> known(known_sections.begin(), known_sections.end());
    const Json no_sections = Json::object();
    for (const auto& [name, value] : (json.is_object() ? json : no_sections).items()) {
        const auto mine = std::ranges::find(sections, name, &Section::name);
        if (mine != sections.end()) {
            read_section(*mine, value, problems);
        } else if (std::ranges::find(known, name) == known.end()) {
            problems.push_back("unknown section '" + name + "'; " + suggestion(name, known));
        }
    }
    require_no_problems("configuration file '" + path + "'", problems);
}

std::string to_json(std::span<const Section> sections, int indent) {
    Json json = Json::object();
    for (const Section& section : sections) {
        Json object = Json::object();
        for (const Field& field : section.fields) object[field.key] = json_of(field);
        json[section.name] = std::move(object);
    }
    return json.dump(indent);
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
