#include "program_page.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// "cpu|cuda" lists choices, and "[true|false]", which may be left out; "PATH" does not.
std::vector<std::string> choices_of(std::string value) {
    std::vector<std::string> choices;
    if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = value.find('|', begin);
        choices.push_back(value.substr(begin, end - begin));
    }
    return choices.size() > 1 ? choices : std::vector<std::string>{};
}

OptionEntry entry_of(const CLI::Option& option) {
    OptionEntry entry;
    for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
    if (option.get_positional()) entry.names = {option.get_name(true, false)};
    if (option.get_items_expected_max() > 0) entry.value = option.get_type_name();
    entry.choices = choices_of(entry.value);
    entry.help = option.get_description();
    entry.repeats = option.get_items_expected_max() > 1;
    return entry;
}

OptionGroup keys_of(const Section& section) {
    OptionGroup group{.title = section.name, .options = {}};
    for (const Field& field : section.fields) {
        group.options.push_back({.names = {section.name + "." + field.key},
                                 .value = "",
                                 .choices = {},
                                 .help = help_text(field)});
    }
    return group;
}

}  // namespace

std::string keys_title(const std::string& section) {
    return "Keys of section \"" + section + "\"";
}

std::string help_text(const Field& field) {
    std::string text = field.help;
    if (!field.unit.empty()) text += " [" + field.unit + "]";
    return text + " Default: " + value_text(field) + ".";
}

ProgramPage page_of(const CLI::App& app, const ProgramText& text) {
    ProgramPage page{.text = text, .positionals = {}, .groups = {}, .keys = {}};
    for (const std::string& title : app.get_groups()) {
        if (title.empty()) continue;  // hidden
        OptionGroup group{.title = title, .options = {}};
        for (const CLI::Option* option : app.get_options()) {
            if (option->get_group() != title) continue;
            auto& entries = option->get_positional() ? page.positionals : group.options;
            entries.push_back(entry_of(*option));
        }
        page.groups.push_back(std::move(group));
    }
    for (const Section& section : text.sections) {
        const bool has_options = std::ranges::any_of(page.groups, [&](const OptionGroup& group) {
            return group.title == keys_title(section.name);
        });
        if (!has_options) page.keys.push_back(keys_of(section));
    }
    return page;
}

}  // namespace lacathode
