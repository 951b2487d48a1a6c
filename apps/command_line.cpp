#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <system_error>

#include "duration.hpp"
#include "lacathode/config/setting.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "lacathode/workflow/preset.hpp"
#include "options.hpp"

namespace lacathode {
namespace {

std::string option_name(const std::string& key) {
    std::string name = "--" + key;
    std::ranges::replace(name, '_', '-');
    return name;
}

// What a key takes, in a word.
std::string value_name(const Field& field) {
    if (const auto* one = std::get_if<Choice>(&field.value)) return joined(one->names, "|");
    if (std::holds_alternative<bool*>(field.value)) return "[true|false]";
    if (std::holds_alternative<FilePatterns*>(field.value)) return "PATH";
    return "VALUE";
}

// Of files there may be several, as of a pattern that the shell expands. A switch may stand alone.
CLI::Option* add_option(CLI::App& app, const std::string& names, const Field& field,
                        Arguments& arguments) {
    if (std::holds_alternative<FilePatterns*>(field.value)) {
        return app.add_option_function<std::vector<std::string>>(
            names, [&](const std::vector<std::string>& texts) {
                arguments.options.emplace_back(&field, texts);
            });
    }
    const bool is_switch = std::holds_alternative<bool*>(field.value);
    CLI::Option* option = app.add_option_function<std::string>(names, [&](const std::string& text) {
        arguments.options.emplace_back(&field, std::vector{text});
    });
    if (!is_switch) return option;
    // An empty text, of a variable of the shell that is not set, say, is not the switch alone.
    return option->expected(0, 1)->default_str("true");
}

void add_fields(CLI::App& app, const Section& section, Arguments& arguments) {
    for (const Field& field : section.fields) {
        const std::string former = field.former.empty() ? "" : "," + option_name(field.former);
        add_option(app, option_name(field.key) + former, field, arguments)
            ->description(help_text(field))
            ->group(keys_title(section.name))
            ->type_name(value_name(field));
    }
}

// Sets the method of a choice; of an unknown one it says so when all problems are told.
void set_method(const Argument& argument, const std::string& text, Arguments& arguments) {
    auto& method = *std::get<std::optional<Method>*>(argument.value);
    method = find_method(text);
    if (method) return;
    arguments.problems.push_back(
        concat("--", argument.name, ' ', text, ": choose ", joined(argument.choices, " or ")));
}

// Sets a whole number, 1 or more; of anything else it says so when all problems are told.
void set_count(const Argument& argument, const std::string& text, Arguments& arguments) {
    std::size_t& count = *std::get<std::size_t*>(argument.value);
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error == std::errc() && rest == end && count >= 1) return;
    arguments.problems.push_back(
        concat("--", argument.name, ' ', text, ": give a whole number, 1 or more"));
}

CLI::Option* add_value(CLI::App& app, const Argument& argument, Arguments& arguments) {
    const std::string option = option_name(argument.name);
    if (std::holds_alternative<std::optional<Method>*>(argument.value)) {
        return app
            .add_option_function<std::string>(
                option, [&](const std::string& text) { set_method(argument, text, arguments); },
                argument.help)
            ->type_name(joined(argument.choices, "|"));
    }
    if (auto* const* flag = std::get_if<bool*>(&argument.value)) {
        return app.add_flag(option, **flag, argument.help);
    }
    if (std::holds_alternative<std::size_t*>(argument.value)) {
        return app
            .add_option_function<std::string>(
                option, [&](const std::string& text) { set_count(argument, text, arguments); },
                argument.help)
            ->type_name("N");
    }
    if (auto* const* files = std::get_if<std::vector<std::string>*>(&argument.value)) {
        return app.add_option(option, **files, argument.help)
            ->type_name(argument.kind == ArgumentKind::choice ? "ID" : "PATH");
    }
    return app.add_option(option, *std::get<std::string*>(argument.value), argument.help)
        ->type_name(argument.kind == ArgumentKind::choice ? "TIME" : "PATH");
}

void add_argument(CLI::App& app, const Argument& argument, Arguments& arguments) {
    const bool required = argument.presence == Presence::required;
    CLI::Option* option = add_value(app, argument, arguments);
    const bool is_setting =
        argument.kind == ArgumentKind::flag || argument.kind == ArgumentKind::count;
    if (!is_setting) option->group(required ? "Required" : "Files");
}

std::string presets_text() {
    std::string text;
    for (const Preset& preset : presets()) text += concat(' ', preset.name, ": ", preset.help, '.');
    return text;
}

void set_time_limit(const std::string& text, Arguments& arguments) {
    arguments.time_limit = duration_of(text);
    if (arguments.time_limit) return;
    arguments.problems.push_back(concat("--time-limit ", text, ": ", duration_remedy));
}

void add_common_flags(CLI::App& app, Arguments& arguments) {
    app.add_option("--config", arguments.config_file,
                   "Configuration file (JSON, one object a section).")
        ->type_name("PATH");
    app.add_option("--preset", arguments.preset,
                   "Settings that override the configuration file." + presets_text())
        ->type_name("NAME");
    app.add_option("--set", arguments.settings,
                   "A key's value; overrides the preset and the configuration file.")
        ->type_name("SECTION.KEY=VALUE");
    app.add_option_function<std::string>(
           "--time-limit", [&](const std::string& text) { set_time_limit(text, arguments); },
           "Stop after so long, 90s, 50m or 2h, with exit code 75; trainings save their state.")
        ->type_name("TIME");
    app.add_option(
           "--scratch", arguments.scratch,
           "Directory on a disk of this machine in which outputs are written before they go "
           "to their place in one piece.")
        ->type_name("DIR");
    app.add_flag("--force", arguments.force, "Replace outputs that exist.");
    app.add_flag("--json", arguments.json, "Print the summary as one JSON object on stdout.");
    app.add_flag("-q,--quiet", arguments.quiet, "Warnings and errors only.");
    app.add_flag("-v,--verbose", arguments.verbose, "More log lines.");
    app.add_flag_callback(
        "--dump-default", [&] { arguments.print = Print::defaults; },
        "Print the default configuration and stop.");
    app.add_flag_callback(
        "--print-config", [&] { arguments.print = Print::effective; },
        "Print the effective configuration and stop.");
    app.add_flag_callback(
        "--dump-reference", [&] { arguments.print = Print::reference; },
        "Print every key of every section, with unit, default, values and meaning, and stop.");
}

// The keys that have no options of their own, for --help.
std::string keys_text(std::span<const Section> sections) {
    constexpr std::size_t width = 80;
    if (sections.empty()) return {};
    std::string text =
        "Keys, set in the configuration file or by --set; --dump-reference tells their meaning:\n";
    for (const Section& section : sections) {
        std::string line = "  " + section.name + ":";
        for (const Field& field : section.fields) {
            const bool last = &field == &section.fields.back();
            const std::string word = " " + field.key + (last ? "" : ",");
            if (line.size() + word.size() > width) {
                text += line + "\n";
                line = "   ";
            }
            line += word;
        }
        text += line + "\n";
    }
    return text + "\n";
}

// "--unblind=", of a variable of the shell that is not set, say; CLI11 takes it for the switch
// alone.
std::vector<std::string> empty_switches(std::span<const Section> sections,
                                        const std::vector<std::string>& words) {
    Problems found;
    for (const Section& section : sections) {
        for (const Field& field : section.fields) {
            const std::string word = option_name(field.key) + "=";
            found.unless(!std::holds_alternative<bool*>(field.value) ||
                             std::ranges::find(words, word) == words.end(),
                         word, ": expected true or false behind it");
        }
    }
    return found.take();
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, const Tool& tool,
                                      const std::vector<Section>& sections, Arguments& arguments) {
    CLI::App app(tool.description, tool.name);
    const bool direct = tool.field_options == FieldOptions::direct;
    const std::size_t options = 1 + (direct ? tool.sections.size() : 0);
    const auto with_options = std::span(sections).first(options);
    const auto without = std::span(sections).subspan(options);
    app.footer(concat(keys_text(without), "Example:\n  ", tool.example, "\n"));
    for (const Argument& argument : tool.arguments) add_argument(app, argument, arguments);
    add_common_flags(app, arguments);
    for (const Section& section : with_options) add_fields(app, section, arguments);
    const auto code = parse_options(app,
                                    {.name = tool.name,
                                     .description = tool.description,
                                     .example = tool.example,
                                     .sections = sections},
                                    argc, argv);
    for (auto found : {unknown_arguments(app), empty_switches(with_options, {argv, argv + argc})})
        std::ranges::move(found, std::back_inserter(arguments.problems));
    return code;
}

std::vector<std::string> apply_configuration(const Arguments& arguments,
                                             const std::vector<Section>& sections) {
    std::vector<std::string> problems = arguments.problems;
    const auto attempt = [&problems](const auto& action) {
        try {
            action();
        } catch (const UsageError& error) {
            problems.emplace_back(error.what());
        }
    };
    if (!arguments.config_file.empty()) {
        const auto found = read_config(arguments.config_file, sections, section_names());
        problems.insert(problems.end(), found.begin(), found.end());
    }
    if (!arguments.preset.empty()) attempt([&] { apply_preset(arguments.preset, sections); });
    for (const std::string& setting : arguments.settings)
        attempt([&] { apply_setting(setting, sections); });
    for (const auto& [field, texts] : arguments.options)
        attempt([&, field = field, &texts = texts] { set_from_texts(*field, texts); });
    return problems;
}

std::vector<std::string> missing_arguments(const std::vector<Argument>& arguments) {
    std::vector<std::string> missing;
    for (const Argument& argument : arguments) {
        if (argument.presence == Presence::optional) continue;
        const bool absent = std::visit(
            [](const auto* value) {
                if constexpr (requires { value->empty(); }) {
                    return value->empty();
                } else if constexpr (requires { value->has_value(); }) {
                    return !value->has_value();
                } else {
                    return false;
                }
            },
            argument.value);
        if (absent)
            missing.push_back(option_name(argument.name) + " is required: " + argument.help);
    }
    return missing;
}

}  // namespace lacathode
