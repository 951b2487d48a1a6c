#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>
#include <sstream>
#include <type_traits>

#include "config/expected_text.hpp"
#include "config/file_places.hpp"
#include "config/json_value.hpp"
#include "config/syntax_problem.hpp"
#include "lacathode/config/json.hpp"
#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

using config::detail::expected_text;
using Json = nlohmann::ordered_json;

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
std::string assign_if(bool fitting, T* field, const Json& json) {
    if (!fitting) return expected_text<T>();
    *field = json.get<T>();
    return {};
}

template <class T>
std::string assign(T* field, const Json& json) {
    return assign_if(fits<T>(json), field, json);
}
template <class T>
std::string assign(std::vector<T>* field, const Json& json) {
    return assign_if(json.is_array() && fits_all<T>(json), field, json);
}
template <class T>
std::string assign(std::map<std::string, T>* field, const Json& json) {
    return assign_if(json.is_object() && fits_all<T>(json), field, json);
}
std::string assign(FilePatterns* field, const Json& json) {
    if (json.is_string()) {
        const auto path = json.get<std::string>();
        field->patterns.clear();
        if (!path.empty()) field->patterns.push_back(path);
        return {};
    }
    const bool paths = json.is_array() && fits_all<std::string>(json) &&
                       std::ranges::none_of(
                           json, [](const Json& path) { return path.get<std::string>().empty(); });
    return paths ? assign(&field->patterns, json) : expected_text<FilePatterns>();
}

std::string assign(Variations* field, const Json& json) {
    const auto is_object = [](const Json& value) { return value.is_object(); };
    const auto is_axis = [&](const Json& axis) {
        return axis.is_object() && !axis.empty() && std::ranges::all_of(axis, is_object);
    };
    if (!json.is_array() || !std::ranges::all_of(json, is_axis)) return expected_text<Variations>();
    field->axes.clear();
    for (const Json& axis : json) {
        auto& alternatives = field->axes.emplace_back();
        for (const auto& [name, settings] : axis.items())
            alternatives.push_back({name, settings.dump(), ""});
    }
    return {};
}

std::string set_value(const Field& field, const Json& json) {
    return std::visit([&json](const auto& target) { return assign(target, json); }, field.value);
}

// Not JSON, as opposed to JSON that says something wrong.
struct SyntaxError : UsageError {
    using UsageError::UsageError;
};

constexpr int deepest = 64;

// Parses JSON whose objects name no key twice: of two equal keys JSON libraries keep one unseen.
Json parse(const std::string& text, bool ignore_comments) {
    std::istringstream input(text);
    const auto bytes_read = [&input] {
        return static_cast<std::size_t>(input.rdbuf()->pubseekoff(0, std::ios::cur, std::ios::in));
    };
    std::vector<std::set<std::string>> open_objects;
    const auto place = [&] { return config::detail::place_text(text, bytes_read()); };
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > deepest) {
            throw UsageError(concat(place(), ": objects and lists lie more than ", deepest,
                                    " deep in each other"));
        }
        if (parsed.is_string() &&
            parsed.get_ref<const std::string&>().find('\0') != std::string::npos)
            throw UsageError(place() + ": a text holds a NUL character (\\u0000): leave it out");
        if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
        if (event == Json::parse_event_t::object_end) open_objects.pop_back();
        if (event == Json::parse_event_t::key &&
            !open_objects.back().insert(parsed.get<std::string>()).second) {
            throw UsageError(place() + ": key '" + parsed.get<std::string>() + "' appears twice");
        }
        return true;
    };
    try {
        return Json::parse(input, watch, true, ignore_comments);
    } catch (const Json::parse_error& error) {
        throw SyntaxError(config::detail::syntax_problem(text, error.byte, error.what()));
    } catch (const Json::exception& error) {
        throw SyntaxError(config::detail::syntax_problem(text, bytes_read(), error.what()));
    }
}

std::string content_of(const std::string& path) {
    std::error_code unknown;  // opening it says more
    if (std::filesystem::is_directory(path, unknown)) {
        throw InputError("configuration file '" + path + "' is a directory: name a file");
    }
    std::ifstream file(path);
    if (!file)
        throw InputError("cannot open configuration file '" + path +
                         "': check the path and its permissions");
    return {std::istreambuf_iterator<char>(file), {}};
}

Json parse_file(const std::string& path) {
    const std::string content = content_of(path);
    try {
        return parse(content, /*ignore_comments=*/true);
    } catch (const SyntaxError& error) {
        throw UsageError("configuration file '" + path + "' is not valid JSON: " + error.what());
    } catch (const UsageError& error) {
        throw UsageError("configuration file '" + path + "': " + error.what());
    }
}

// The problems of one section; files that it names are relative to `origin`.
class SectionReader {
  public:
    SectionReader(const Section& section, const std::string& origin)
        : section_(section), origin_(origin), places_(origin) {}

    [[nodiscard]] std::vector<std::string> read(const Json& json) {
        if (!json.is_object()) {
            return {"section '" + section_.name + "' must be an object of keys and values"};
        }
        for (const auto& [key, value] : json.items()) read_key(key, value);
        return std::move(problems_);
    }

  private:
    void read_key(const std::string& key, const Json& value) {
        const Field* field = find_field(section_, key);
        if (field == nullptr) {
            std::vector<std::string> keys;
            for (const Field& known : section_.fields) keys.push_back(known.key);
            problems_.push_back("unknown key '" + section_.name + "." + key + "'; " +
                                suggestion(key, keys));
            return;
        }
        if (!read_.insert(field).second) {
            problems_.push_back("'" + section_.name + "." + field->former +
                                "' is the former name of '" + field->key +
                                "', which is there too; keep one of them");
        }
        const std::string problem = set_value(*field, value);
        if (!problem.empty()) {
            problems_.push_back("'" + section_.name + "." + key + "' = " + value.dump() + ": " +
                                problem);
        } else if (auto* const* files = std::get_if<FilePatterns*>(&field->value)) {
            for (std::string& pattern : (*files)->patterns) pattern = places_.resolved(pattern);
        } else if (auto* const* variations = std::get_if<Variations*>(&field->value)) {
            for (Alternative& one : (*variations)->axes | std::views::join) one.origin = origin_;
        }
    }

    const Section& section_;
    std::string origin_;  // the configuration file; empty: none
    config::detail::FilePlaces places_;
    std::set<const Field*> read_;
    std::vector<std::string> problems_;
};

// The problems of an object of sections.
std::vector<std::string> read_sections(const Json& json, const std::string& origin,
                                       std::span<const Section> sections,
                                       std::span<const std::string> known_sections) {
    const std::vector<std::string> known(known_sections.begin(), known_sections.end());
    Problems found;
    for (const auto& [name, value] : json.items()) {
        const auto mine = std::ranges::find(sections, name, &Section::name);
        if (mine != sections.end()) {
            found.add(SectionReader(*mine, origin).read(value));
        } else {
            found.unless(std::ranges::find(known, name) != known.end(), "unknown section '", name,
                         "'; ", suggestion(name, known));
        }
    }
    return found.take();
}

}  // namespace

namespace config::detail {

std::string set_from_json(const Field& field, const std::string& json_text) {
    Json json;
    try {
        json = parse(json_text, /*ignore_comments=*/false);
    } catch (const SyntaxError&) {
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
    } catch (const UsageError& error) {
        return error.what();
    }
    return set_value(field, json);
}

}  // namespace config::detail

std::vector<std::string> read_config(const std::string& path, std::span<const Section> sections,
                                     std::span<const std::string> known_sections) {
    const Json json = parse_file(path);
    const std::string place = "configuration file '" + path + "': ";
    if (!json.is_object()) return {place + "it must hold one JSON object of sections"};
    Problems found;
    found.add(read_sections(json, path, sections, known_sections), place);
    return found.take();
}

std::vector<std::string> apply_alternative(const Alternative& alternative,
                                           std::span<const Section> sections) {
    std::vector<std::string> names;
    for (const Section& section : sections) names.push_back(section.name);
    const Json json = parse(alternative.settings, /*ignore_comments=*/false);
    return read_sections(json, alternative.origin, sections, names);
}

}  // namespace lacathode
