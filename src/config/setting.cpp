#include "lacathode/config/setting.hpp"

#include <algorithm>

#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

std::vector<std::string> names_of(const auto& items, const auto& name) {
    std::vector<std::string> names;
    for (const auto& item : items) names.push_back(item.*name);
    return names;
}

}  // namespace

Setting parse_setting(const std::string& text) {
    const std::size_t dot = text.find('.');
    const std::size_t equals = text.find('=');
    if (dot == std::string::npos || equals == std::string::npos || equals < dot) {
        throw UsageError("--set " + text + ": write SECTION.KEY=VALUE");
    }
    return {text.substr(0, dot), text.substr(dot + 1, equals - dot - 1), text.substr(equals + 1)};
}

void apply_setting(const std::string& text, std::span<const Section> sections) {
    const Setting setting = parse_setting(text);
    const auto section = std::ranges::find(sections, setting.section, &Section::name);
    if (section == sections.end()) {
        throw UsageError("--set " + text + ": unknown section '" + setting.section + "'; " +
                         suggestion(setting.section, names_of(sections, &Section::name)));
    }
    const Field* field = find_field(*section, setting.key);
    if (field == nullptr) {
        throw UsageError("--set " + text + ": section '" + setting.section + "' has no key '" +
                         setting.key + "'; " +
                         suggestion(setting.key, names_of(section->fields, &Field::key)));
    }
    set_from_text(*field, setting.value);
}

}  // namespace lacathode
