#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "lacathode/config/setting.hpp"
#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "lacathode/workflow/preset.hpp"

namespace lacathode {
namespace {

std::string option_name(const std::string& key) {
    std::string name = "--" + key;
    std::ranges::replace(name, '_', '-');
    return name;
}

std::string help_text(const Field& field) {
    std::string text = field.help;
    if (!field.unit.empty()) text += " [" + field.unit + "]";
    return text + " Default: " + value_text(field) + ".";
}

// Of files there may be several, as of a pattern that the shell expands.
CLI::Option* add_option(CLI::App& app, const std::string& names, const Field& field,
                        Arguments& arguments) {
    if (std::holds_alternative<FilePatterns*>(field.value)) {
        return app.add_option_function<std::vector<std::string>>(
            names, [&](const std::vector<std::string>& texts) {
                arguments.options.emplace_back(&field, texts);
            });
    }
    return app.add_option_function<std::string>(names, [&](const std::string& text) {
        arguments.options.emplace_back(&field, std::vector{text});
    });
}

void add_fields(CLI::App& app, const Section& section, Arguments& arguments) {
    for (const Field& field : section.fields) {
        const std::string former = field.former.empty() ? "" : "," + option_name(field.former);
        add_option(app, option_name(field.key) + former, field, arguments)
            ->description(help_text(field))
            ->group("Keys of section \"" + section.name + "\"")
            ->type_name("VALUE");
    }
}

// Sets the method of a choice; of an unknown one it says so when all problems are told.
void set_method(const Argument& argument, const std::string& text, Arguments& arguments) {
    auto& method = *std::get<std::optional<Method>*>(argument.value);
    method = find_method(text);
    if (method) return;
    arguments.refused.push_back(
        concat("--", argument.name, ' ', text, ": choose ", joined(method_names(), " or ")));
}

void add_argument(CLI::App& app, const Argument& argument, Arguments& arguments) {
    const std::string option = option_name(argument.name);
    if (std::holds_alternative<std::optional<Method>*>(argument.value)) {
        app.add_option_function<std::string>(
               option, [&](const std::string& text) { set_method(argument, text, arguments); },
               argument.help)
            ->group("Files");
    } else if (auto* const* files = std::get_if<std::vector<std::string>*>(&argument.value)) {
        app.add_option(option, **files, argument.help)->group("Files");
    } else {
        app.add_option(option, *std::get<std::string*>(argument.value), argument.help)
            ->group("Files");
    }
}

std::string presets_text() {
    std::string text;
    for (const Preset& preset : presets()) text += preset.name + ": " + preset.help + ". ";
    return text;
}

void add_common_flags(CLI::App& app, Arguments& arguments) {
    app.add_option("--config", arguments.config_file,
                   "Configuration file (JSON, one object a section).")
        ->group("Files");
    app.add_option("--preset", arguments.preset,
                   "Settings that override the configuration file. " + presets_text());
    app.add_option("--set", arguments.settings,
                   "SECTION.KEY=VALUE, overrides the preset and the configuration file.");
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

std::string version_text() {
    return concat("lacathode ", library_version(), " (", library_git_revision(), ")\n",
                  backends_description(), "\ninstruction sets: ", joined(instruction_sets(), ", "));
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

std::vector<std::string> unknown_options(const Arguments& arguments) {
    std::vector<std::string> problems;
    for (const std::string& text : arguments.unknown) {
        const std::string name = text.substr(0, text.find('='));
        if (name.starts_with("-")) {
            problems.push_back("unknown option " + name + "; " + suggestion(name, arguments.known));
        } else if (problems.empty()) {  // what follows an unknown option may be its value
            problems.push_back("unexpected argument '" + text + "': inputs and outputs are named");
        }
    }
    return problems;
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, const Tool& tool,
                                      const std::vector<Section>& sections, Arguments& arguments) {
    CLI::App app(tool.description, tool.name);
    app.footer("Example:\n  " + tool.example + "\n");
    app.set_version_flag("--version", version_text);
    app.allow_extras();
    for (const Argument& argument : tool.arguments) add_argument(app, argument, arguments);
    add_common_flags(app, arguments);
    for (const Section& section : sections) {
        if (section.name == "common" || tool.field_options == FieldOptions::direct)
            add_fields(app, section, arguments);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
    }
    arguments.unknown = app.remaining();
    arguments.known = option_names(app);
    return std::nullopt;
}

std::vector<std::string> apply_configuration(const Arguments& arguments,
                                             const std::vector<Section>& sections) {
    std::vector<std::string> problems = unknown_options(arguments);
    problems.insert(problems.end(), arguments.refused.begin(), arguments.refused.end());
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
        const bool absent = std::visit(
            [](const auto* value) {
                if constexpr (requires { value->empty(); }) {
                    return value->empty();
                } else {
                    return !value->has_value();
                }
            },
            argument.value);
        if (absent) missing.push_back("--" + argument.name + " is required: " + argument.help);
    }
    return missing;
}

}  // namespace lacathode
