#include "tool_main.hpp"

#include <csignal>
#include <iostream>

#include "command_line.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

std::string command_line_text(int argc, char** argv) {
    std::string text;
    for (int i = 0; i < argc; ++i) {
        if (i > 0) text += ' ';
        text += argv[i];
    }
    return text;
}

void print(const std::string& text) {
    std::cout << text;
    std::cout.flush();
    if (!std::cout) {
        throw OutputError(
            "cannot write to stdout; any output file is complete, only its summary is lost");
    }
}

std::string summary_text(const Tool& tool, const Arguments& arguments, const Summary& summary) {
    if (arguments.json) return concat(to_json(summary), '\n');
    return tool.text ? tool.text() : to_text(summary);
}

void use_settings(const Arguments& arguments) {
    set_log_level(arguments.quiet     ? LogLevel::quiet
                  : arguments.verbose ? LogLevel::verbose
                                      : LogLevel::normal);
    if (!arguments.common.instruction_set.empty())
        use_engine_instruction_set(arguments.common.instruction_set);
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

int run_tool(int argc, char** argv, const Tool& tool) {
    Arguments arguments;
    std::vector<Section> sections = {section(arguments.common)};
    sections.insert(sections.end(), tool.sections.begin(), tool.sections.end());
    const auto code = parse_command_line(argc, argv, tool, sections, arguments);
    if (code) return *code;
    const std::string defaults = to_json(sections);
    std::vector<std::string> all = apply_configuration(arguments, sections);
    if (arguments.print != Print::nothing) {
        require_no_problems(all);
        print(concat(arguments.print == Print::defaults ? defaults : to_json(sections), '\n'));
        return 0;
    }
    append(all, problems(arguments.common));
    append(all, tool.problems());
    append(all, missing_paths(tool.paths));
    require_no_problems(all);
    use_settings(arguments);
    install_interrupt_handlers();
    const StageContext context{.common = arguments.common,
                               .program = tool.name,
                               .command_line = command_line_text(argc, argv),
                               .overwrite = arguments.force ? Overwrite::allow : Overwrite::forbid};
    const Summary summary = tool.run(context);
    print(summary_text(tool, arguments, summary));
    return 0;
}

}  // namespace

int tool_main(int argc, char** argv, const Tool& tool) {
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
