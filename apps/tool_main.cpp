#include "tool_main.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

enum class Print { nothing, defaults, effective };

// Everything on the command line apart from paths.
struct Arguments {
    CommonConfig common;
    std::string config_file;
    std::vector<std::pair<const Field*, std::string>> options;  // in the order given
    std::vector<std::string> settings;                          // --set SECTION.KEY=VALUE
    bool force = false;
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    Print print = Print::nothing;
};

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

void add_fields(CLI::App& app, const Section& section, Arguments& arguments) {
    for (const Field& field : section.fields) {
        app.add_option_function<std::string>(
               option_name(field.key),
               [&](const std::string& text) { arguments.options.emplace_back(&field, text); },
               help_text(field))
            ->group("Keys of section \"" + section.name + "\"")
            ->type_name("VALUE");
    }
}

void add_paths(CLI::App& app, const std::vector<PathOption>& paths) {
    for (const PathOption& path : paths) {
        std::visit(
            [&](auto* value) { app.add_option(path.option, *value, path.help)->group("Files"); },
            path.value);
    }
}

void add_common_flags(CLI::App& app, Arguments& arguments) {
    app.add_option("--config", arguments.config_file,
                   "Configuration file (JSON, one object a section).")
        ->group("Files");
    app.add_option("--set", arguments.settings,
                   "SECTION.KEY=VALUE, overrides the configuration file.");
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
}

std::string version_text() {
    std::string sets;
    for (const std::string& set : engine_instruction_sets())
        sets += (sets.empty() ? "" : ", ") + set;
    return concat("lacathode ", library_version(), " (", library_git_revision(), ")\n",
                  backends_description(), "\ninstruction sets: ", sets);
}

void apply_setting(const std::vector<Section>& sections, const std::string& setting) {
    const std::size_t dot = setting.find('.');
    const std::size_t equals = setting.find('=');
    if (dot == std::string::npos || equals == std::string::npos || equals < dot) {
        throw UsageError("--set " + setting + ": write SECTION.KEY=VALUE");
    }
    const std::string section_name = setting.substr(0, dot);
    const std::string key = setting.substr(dot + 1, equals - dot - 1);
    const auto section = std::ranges::find(sections, section_name, &Section::name);
    if (section == sections.end()) {
        std::string known;
        for (const Section& other : sections) known += (known.empty() ? "" : ", ") + other.name;
        throw UsageError("--set " + setting + ": unknown section '" + section_name +
                         "'; known: " + known);
    }
    const auto field = std::ranges::find(section->fields, key, &Field::key);
    if (field == section->fields.end()) {
        throw UsageError("--set " + setting + ": section '" + section_name + "' has no key '" +
                         key + "'");
    }
    set_from_text(*field, setting.substr(equals + 1));
}

// Configuration file first, then --set, then options of their own.
void apply_configuration(const Arguments& arguments, const std::vector<Section>& sections) {
    if (!arguments.config_file.empty()) {
        const std::vector<std::string> known = section_names();
        read_config(arguments.config_file, sections, known);
    }
    for (const std::string& setting : arguments.settings) apply_setting(sections, setting);
    for (const auto& [field, text] : arguments.options) set_from_text(*field, text);
}

void require_paths(const std::vector<PathOption>& paths) {
    std::vector<std::string> missing;
    for (const PathOption& path : paths) {
        const bool empty = std::visit([](const auto* value) { return value->empty(); }, path.value);
        if (path.required && empty) missing.push_back(path.option + " is required: " + path.help);
    }
    require_no_problems(missing);
}

std::string command_line_text(int argc, char** argv) {
    std::string text;
    for (int i = 0; i < argc; ++i) text += (i == 0 ? "" : " ") + std::string(argv[i]);
    return text;
}

void print_summary(const Tool& tool, const Arguments& arguments, const Summary& summary) {
    if (arguments.json) {
        std::cout << to_json(summary) << '\n';
    } else if (tool.text) {
        std::cout << tool.text();
    } else {
        std::cout << to_text(summary);
    }
    std::cout.flush();
    if (!std::cout) throw OutputError("cannot write the summary to stdout");
}

void use_settings(const Arguments& arguments) {
    set_log_level(arguments.quiet     ? LogLevel::quiet
                  : arguments.verbose ? LogLevel::verbose
                                      : LogLevel::normal);
    if (!arguments.common.instruction_set.empty())
        use_engine_instruction_set(arguments.common.instruction_set);
}

int run_tool(int argc, char** argv, Tool& tool) {
    CLI::App app(tool.description, tool.name);
    app.footer("Example:\n  " + tool.example + "\n");
    app.set_version_flag("--version", version_text);
    Arguments arguments;
    Section common = section(arguments.common);
    add_paths(app, tool.paths);
    add_common_flags(app, arguments);
    add_fields(app, common, arguments);
    if (tool.field_options == FieldOptions::direct) {
        for (const Section& section : tool.sections) add_fields(app, section, arguments);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
    }
    std::vector<Section> sections = {common};
    sections.insert(sections.end(), tool.sections.begin(), tool.sections.end());
    if (arguments.print == Print::defaults) {
        std::cout << to_json(sections) << '\n';
        return 0;
    }
    apply_configuration(arguments, sections);
    if (arguments.print == Print::effective) {
        std::cout << to_json(sections) << '\n';
        return 0;
    }
    use_settings(arguments);
    std::vector<std::string> all = problems(arguments.common);
    const std::vector<std::string> more = tool.problems();
    all.insert(all.end(), more.begin(), more.end());
    require_no_problems(all);
    require_paths(tool.paths);
    install_interrupt_handlers();
    const StageContext context{.common = arguments.common,
                               .program = tool.name,
                               .command_line = command_line_text(argc, argv),
                               .overwrite = arguments.force ? Overwrite::allow : Overwrite::forbid};
    print_summary(tool, arguments, tool.run(context));
    return 0;
}

}  // namespace

int tool_main(int argc, char** argv, Tool tool) {
    std::signal(SIGPIPE, SIG_IGN);
    // A full disk under a file-size limit shall be an error of the write, not the end of the
    // process.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return run_tool(argc, argv, tool);
    } catch (const Error& error) {
        log_error(error.what());
        return static_cast<int>(error.code());
    } catch (const Interrupted& interrupted) {
        log_error(concat("interrupted by ", interrupted.signal() == SIGINT ? "Ctrl-C" : "SIGTERM",
                         "; unfinished files are removed, finished ones are kept"));
        return 128 + interrupted.signal();
    } catch (const std::bad_alloc&) {
        log_error("out of memory: use smaller block_rows or fewer events");
        return static_cast<int>(ExitCode::bad_input);
    } catch (const std::exception& error) {
        log_error(concat("internal error, please report it: ", error.what()));
        return static_cast<int>(ExitCode::bug);
    }
}

}  // namespace lacathode
