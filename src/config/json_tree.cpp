#include "lacathode/config/json_tree.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const JsonTree& tree);

Json json_of(const JsonTree::Items& items) {
    Json json = Json::array();
    for (const JsonTree& item : items) json.push_back(json_of(item));
    return json;
}

Json json_of(const JsonTree::Members& members) {
    Json json = Json::object();
    for (const auto& [name, value] : members) json[name] = json_of(value);
    return json;
}

template <class T>
Json json_of(const T& value) {
    return value;
}

Json json_of(const JsonTree& tree) {
    return std::visit([](const auto& value) { return json_of(value); }, tree.value());
}

JsonTree tree_of(const Json& json) {
    if (json.is_object()) {
        JsonTree::Members members;
        for (const auto& [name, value] : json.items()) members.emplace_back(name, tree_of(value));
        return members;
    }
    if (json.is_array()) {
        JsonTree::Items items;
        for (const Json& item : json) items.push_back(tree_of(item));
        return items;
    }
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_unsigned()) return json.get<std::uint64_t>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return std::numeric_limits<double>::quiet_NaN();  // null, as which it will be written
}

}  // namespace

JsonTree::JsonTree(const Summary& summary) : JsonTree() {
    for (const auto& [name, value] : summary) {
        (*this)[name] = std::visit([](const auto& v) { return JsonTree(v); }, value);
    }
}

JsonTree& JsonTree::operator[](const std::string& name) {
    auto* members = std::get_if<Members>(&value_);
    expects(members != nullptr, "only an object has members");
    const auto found = std::ranges::find(*members, name, &Members::value_type::first);
    if (found != members->end()) return found->second;
    return members->emplace_back(name, JsonTree()).second;
}

std::string to_json(const JsonTree& tree) {
    // Paths may hold bytes that are not UTF-8; they are shown as U+FFFD.
    return json_of(tree).dump(2, ' ', false, Json::error_handler_t::replace);
}

JsonTree parse_json(const std::string& text) {
    constexpr int deepest = 64;  // what follows walks it by recursion
    bool too_deep = false;
    const auto watch = [&](int depth, Json::parse_event_t event, const Json&) {
        const bool opens =
            event == Json::parse_event_t::array_start || event == Json::parse_event_t::object_start;
        too_deep = too_deep || (opens && depth >= deepest);
        return !too_deep;
    };
    const Json json = Json::parse(text, watch, /*allow_exceptions=*/false);
    return json.is_discarded() || too_deep ? JsonTree(text) : tree_of(json);
}

}  // namespace lacathode
