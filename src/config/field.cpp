#include "lacathode/config/field.hpp"

#include <algorithm>
#include <type_traits>

#include "lacathode/core/text.hpp"

namespace lacathode {

std::string FilePatterns::text() const {
    return joined(patterns, ", ");
}

const Field* find_field(const Section& section, const std::string& key) {
    const auto found = std::ranges::find_if(section.fields, [&key](const Field& field) {
        return field.key == key || (!field.former.empty() && field.former == key);
    });
    return found == section.fields.end() ? nullptr : &*found;
}

std::string values_text(const Field& field) {
    return std::visit(
        [&field](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, Choice> || std::is_same_v<Value, Choices>) {
                return joined(value.names, ", ");
            } else if constexpr (std::is_same_v<Value, bool*>) {
                return "true, false";
            } else if constexpr (std::is_same_v<Value, std::string*> ||
                                 std::is_same_v<Value, std::vector<std::string>*> ||
                                 std::is_same_v<Value, Texts*> ||
                                 std::is_same_v<Value, FilePatterns*> ||
                                 std::is_same_v<Value, Variations*>) {
                return "";
            } else {
                return field.range.text();
            }
        },
        field.value);
}

}  // namespace lacathode
