#include "tool_main.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>

#include "command_line.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/all_stages.hpp"

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

// A file that is opened takes the lowest free number: an output would become stdout or stderr, and
// what is printed would go into it. Reading only, so that writing to a closed stdout stays an
// error.
void open_standard_streams() {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDONLY);
    }
}

bool printed(const std::string& text) {
    std::cout << text;
    std::cout.flush();
    return !std::cout.fail();
}

// The other end of a pipe is closed.
bool stdout_has_no_reader() {
    pollfd stream{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    return poll(&stream, 1, 0) == 1 && (stream.revents & POLLERR) != 0;
}

void print(const std::string& text) {
    if (printed(text)) return;
    throw OutputError(
        "cannot write to stdout; any output file is complete, only its summary is lost");
}

// Help and the like, of which a reader such as `head` may have seen enough.
void print_information(const std::string& text) {
    if (printed(text) || stdout_has_no_reader()) return;
    throw OutputError("cannot write to stdout");
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
    const auto code = parse_command_line(argc, argv, tool, sections, arguments);
    if (code) {
        print_information("");  // CLI11 has printed, and does not look whether it could
        return *code;
    }
    const std::string defaults = to_json(sections);
    std::vector<std::string> all = apply_configuration(arguments, sections);
    if (arguments.print != Print::nothing) {
        require_no_problems("configuration", all);
        return print_and_stop(arguments, defaults, sections);
    }
    append(all, problems(arguments.common));
    append(all, tool.problems());
    append(all, missing_arguments(tool.arguments));
    require_no_problems("configuration", all);
    use_settings(arguments);
    install_interrupt_handlers(OnInterrupt::note);
    const StageContext context{.common = arguments.common,
                               .program = tool.name,
                               .command_line = command_line_text(argc, argv),
                               .overwrite = arguments.force ? Overwrite::allow : Overwrite::forbid};
    const Summary summary = tool.run(context);
    install_interrupt_handlers(OnInterrupt::leave);  // stdout may be a pipe that nobody empties
    print(summary_text(tool, arguments, summary));
    return 0;
}

}  // namespace

std::string tool_name(const std::string& stage) {
    std::string name = "lacathode-" + stage;
    std::ranges::replace(name, '_', '-');
    return name;
}

int tool_main(int argc, char** argv, const std::function<Tool()>& make_tool) {
    install_interrupt_handlers(OnInterrupt::leave);
    open_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);
    // A full disk under a file-size limit shall be an error of the write, not the end of the
    // process.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return run_tool(argc, argv, make_tool());
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
