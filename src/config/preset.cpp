#include "lacathode/config/preset.hpp"

#include <algorithm>
#include <ranges>

#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

std::vector<std::string> names_of(const auto& items, const auto& name) {
    std::vector<std::string> names;
    for (const auto& item : items) names.push_back(item.*name);
    return names;
}

struct Setting {
    std::string section;
    std::string key;
    std::string value;
};

Setting parse(const std::string& text) {
    const std::size_t dot = text.find('.');
    const std::size_t equals = text.find('=');
    if (dot == std::string::npos || equals == std::string::npos || equals < dot) {
        throw UsageError("--set " + text + ": write SECTION.KEY=VALUE");
    }
    return {text.substr(0, dot), text.substr(dot + 1, equals - dot - 1), text.substr(equals + 1)};
}

}  // namespace

std::span<const Preset> presets() {
    static const std::vector<Preset> all = {
        {"fast",
         "fewer blocks and epochs under a learning-rate cycle, the papers' quality in a fraction "
         "of "
         "their time",
         {"train_flow.blocks=8", "train_flow.epochs=16", "train_flow.batch_size=512",
          "train_flow.learning_rate=0.001", "train_flow.schedule=one_cycle",
          "train_classifier.epochs=30"}},
    };
    return all;
}

void apply_preset(const std::string& name, std::span<const Section> sections) {
    const auto preset = std::ranges::find(presets(), name, &Preset::name);
    if (preset == presets().end()) {
        throw UsageError("--preset " + name + ": there is no such preset; " +
                         suggestion(name, names_of(presets(), &Preset::name)));
    }
    for (const std::string& setting : preset->settings) {
        const std::string section = parse(setting).section;
        if (std::ranges::find(sections, section, &Section::name) != sections.end()) {
            apply_setting(setting, sections);
        }
    }
}

void apply_setting(const std::string& setting, std::span<const Section> sections) {
    const auto [section_name, key, value] = parse(setting);
    const auto section = std::ranges::find(sections, section_name, &Section::name);
    if (section == sections.end()) {
        throw UsageError("--set " + setting + ": unknown section '" + section_name + "'; " +
                         suggestion(section_name, names_of(sections, &Section::name)));
    }
    const auto field = std::ranges::find(section->fields, key, &Field::key);
    if (field == section->fields.end()) {
        throw UsageError("--set " + setting + ": section '" + section_name + "' has no key '" +
                         key + "'; " + suggestion(key, names_of(section->fields, &Field::key)));
    }
    set_from_text(*field, value);
}

}  // namespace lacathode
