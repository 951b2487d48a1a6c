#include "tool_main.hpp"

#include <optional>
#include <string_view>

#include "command_line.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/scratch.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "program.hpp"

namespace lacathode {
namespace {

// As a shell reads it back.
std::string shell_word(const std::string& word) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,+@%-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? R"('\'')" : std::string(1, c);
    return quoted + '\'';
}

std::string command_line_text(int argc, char** argv) {
    std::vector<std::string> words;
    for (int i = 0; i < argc; ++i) words.push_back(shell_word(argv[i]));
    return joined(words, " ");
}

std::string summary_text(const Tool& tool, const Arguments& arguments, const Summary& summary) {
    if (arguments.json) return concat(tool.json ? tool.json() : to_json(summary), '\n');
    return tool.text ? tool.text() : to_text(summary);
}

void use_settings(const Arguments& arguments) {
    set_log_level(arguments.quiet     ? LogLevel::quiet
                  : arguments.verbose ? LogLevel::verbose
                                      : LogLevel::normal);
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

int print_and_stop(const Arguments& arguments, const std::string& defaults,
                   const std::vector<Section>& sections) {
    switch (arguments.print) {
        case Print::defaults:
            print_information(concat(defaults, '\n'));
            break;
        case Print::reference:
            print_information(concat(configuration_reference(), '\n'));
            break;
        default:
            print_information(concat(to_json(sections), '\n'));
    }
    return 0;
}

int run_tool(int argc, char** argv, const Tool& tool) {
    Arguments arguments;
    std::vector<Section> sections = {section(arguments.common)};
    sections.insert(sections.end(), tool.sections.begin(), tool.sections.end());
    sections.insert(sections.end(), tool.further_sections.begin(), tool.further_sections.end());
    const auto code = parse_command_line(argc, argv, tool, sections, arguments);
    if (code) return *code;
    const std::string defaults = to_json(sections);
    std::vector<std::string> all = apply_configuration(arguments, sections);
    if (arguments.print != Print::nothing) {
        require_no_problems("configuration", all);
        return print_and_stop(arguments, defaults, sections);
    }
    append(all, problems(arguments.common));
    append(all, tool.problems());
    append(all, missing_arguments(tool.arguments));
    if (!all.empty() && tool.problems_of_run) append(all, tool.problems_of_run());
    require_no_problems("configuration", all);
    use_settings(arguments);
    install_interrupt_handlers(OnInterrupt::note);
    const StageContext context{.common = arguments.common,
                               .program = tool.name,
                               .command_line = command_line_text(argc, argv),
                               .words = {argv, argv + argc},
                               .overwrite = arguments.force ? Overwrite::allow : Overwrite::forbid};
    set_scratch_directory(arguments.scratch);
    if (arguments.time_limit) set_time_limit(*arguments.time_limit);
    std::optional<MutedProgress> no_bars;
    if (arguments.quiet) no_bars.emplace();
    const Summary summary = tool.run(context);
    install_interrupt_handlers(OnInterrupt::leave);  // stdout may be a pipe that nobody empties
    print(summary_text(tool, arguments, summary));
    if (tool.verdict) tool.verdict();
    return 0;
}

}  // namespace

int tool_main(int argc, char** argv, const std::function<Tool()>& make_tool) {
    return program_main([&] { return run_tool(argc, argv, make_tool()); });
}

}  // namespace lacathode
