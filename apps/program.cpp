#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

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

}  // namespace

int program_main(const std::function<int()>& body) {
    install_interrupt_handlers(OnInterrupt::leave);
    open_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);
    // A full disk under a file-size limit shall be an error of the write, not the end of the
    // process.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return body();
    } catch (const Error& error) {
        log_error(error.what());
        return static_cast<int>(error.code());
    } catch (const Interrupted& interrupted) {
        log_error(concat("interrupted by ", interrupted.cause(),
                         "; unfinished files are removed, finished ones and the states of "
                         "trainings are kept: the same command goes on from there"));
        return interrupted.exit_code();
    } catch (const std::bad_alloc&) {
        log_error("out of memory: use smaller block_rows or fewer events");
        return static_cast<int>(ExitCode::bad_input);
    } catch (const std::exception& error) {
        log_error(concat("internal error, please report it: ", error.what()));
        return static_cast<int>(ExitCode::bug);
    }
}

void print(const std::string& text) {
    if (printed(text)) return;
    throw OutputError(
        "cannot write to stdout; any output file is complete, only its summary is lost");
}

void print_information(const std::string& text) {
    if (printed(text) || stdout_has_no_reader()) return;
    throw OutputError("cannot write to stdout");
}

}  // namespace lacathode
