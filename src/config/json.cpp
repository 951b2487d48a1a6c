#include "lacathode/config/json.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <type_traits>

#include "json_value.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"

namespace lacathode {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Field& field) {
    return std::visit(
        [](const auto& value) -> Json {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Choice>) {
                return value.names.at(value.get());
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

template <class T>
bool fits(const Json& json) {
    if constexpr (std::is_same_v<T, bool>) return json.is_boolean();
    if constexpr (std::is_same_v<T, int>) {
        return json.is_number_integer() &&
               json.template get<std::int64_t>() == json.template get<int>();
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
    std::string expected;
    for (const std::string& name : field.names) expected += (expected.empty() ? "" : ", ") + name;
    return "expected one of: " + expected;
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

// Number of single-character edits between two keys.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
    const auto nearest = std::ranges::min_element(known, {}, [&name](const std::string& candidate) {
        return edit_distance(name, candidate);
    });
    if (nearest != known.end() && edit_distance(name, *nearest) <= 3)
        return "did you mean '" + *nearest + "'?";
    std::string all;
    for (const std::string& candidate : known) all += (all.empty() ? "" : ", ") + candidate;
    return "known: " + all;
}

void read_section(const Section& section, const Json& json, std::vector<std::string>& problems) {
    if (!json.is_object()) {
        problems.push_back("section '" + section.name + "' must be an object of keys and values");
        return;
    }
    std::vector<std::string> keys;
    for (const Field& field : section.fields) keys.push_back(field.key);
    for (const auto& [key, value] : json.items()) {
        const auto field = std::ranges::find(section.fields, key, &Field::key);
        if (field == section.fields.end()) {
            problems.push_back("unknown key '" + section.name + "." + key + "'; " +
                               suggestion(key, keys));
            continue;
        }
        const std::string problem = std::visit(
            [&value](const auto& target) { return checked_assign(target, value); }, field->value);
        if (!problem.empty())
            problems.push_back("'" + section.name + "." + key + "' = " + value.dump() + ": " +
                               problem);
    }
}

Json parse_file(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        throw InputError("cannot open configuration file '" + path +
                         "': check the path and its permissions");
    try {
        return Json::parse(file, nullptr, true, /*ignore_comments=*/true);
    } catch (const Json::parse_error& error) {
        throw UsageError("configuration file '" + path + "' is not valid JSON: " + error.what());
    }
}

Json json_of(const Summary& summary) {
    Json json = Json::object();
    for (const auto& [name, value] : summary) {
        json[name] = std::visit([](const auto& v) { return Json(v); }, value);
    }
    return json;
}

}  // namespace

namespace detail {

std::string set_from_json(const Field& field, const std::string& json_text) {
    const Json json = Json::parse(json_text, nullptr, false);
    if (json.is_discarded()) {
        return std::visit(
            [](const auto& target) -> std::string {
                if constexpr (std::is_same_v<std::decay_t<decltype(target)>, Choice>) {
                    return "cannot be read";
                } else {
                    return expected_text<std::remove_pointer_t<std::decay_t<decltype(target)>>>();
                }
            },
            field.value);
    }
    return std::visit([&json](const auto& target) { return checked_assign(target, json); },
                      field.value);
}

}  // namespace detail

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
    if (problems.empty()) return;
    std::string message = "configuration file '" + path + "':";
    for (const std::string& problem : problems) message += "\n  " + problem;
    throw UsageError(message);
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

std::string to_json(const Summary& summary) {
    return json_of(summary).dump(2);
}

std::string to_json(const std::vector<std::pair<std::string, Summary>>& summaries) {
    Json json = Json::object();
    for (const auto& [name, summary] : summaries) json[name] = json_of(summary);
    return json.dump(2);
}

std::string to_text(const Summary& summary) {
    std::size_t width = 0;
    for (const auto& [name, value] : summary) width = std::max(width, name.size());
    std::string text;
    for (const auto& [name, value] : summary) {
        text += name + std::string(width - name.size() + 2, ' ') +
                std::visit([](const auto& v) { return concat(v); }, value) + "\n";
    }
    return text;
}

}  // namespace lacathode
