#include "io/trial_reading.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <new>
#include <stdexcept>

#include "io/input_checks.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::io::detail {
namespace {

constexpr const char* remedy = "; it is damaged or not what it seems: copy or download it again";

// Bytes of this process as it is; 0 where /proc does not tell.
rlim_t address_space() {
    std::ifstream file("/proc/self/statm");
    rlim_t pages = 0;
    file >> pages;
    return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

void limit(decltype(RLIMIT_CPU) resource, rlim_t soft, rlim_t hard) {
    const rlimit limits{soft, hard};
    setrlimit(resource, &limits);
}

void tell(int descriptor, const char* text) {
    [[maybe_unused]] const auto count = ::write(descriptor, text, std::strlen(text));
}

// Quiet, without handlers and cores, and gone if its parent goes.
void prepare_child(const TrialLimits& limits) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int number : {SIGINT, SIGTERM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGXCPU}) {
        std::signal(number, SIG_DFL);
    }
    const int sink = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (sink >= 0) dup2(sink, STDERR_FILENO);
    limit(RLIMIT_CORE, 0, 0);
    const auto seconds = static_cast<rlim_t>(limits.processor_time.count());
    limit(RLIMIT_CPU, seconds, seconds + 1);
    if (const rlim_t now = address_space(); now > 0) {
        limit(RLIMIT_AS, now + limits.memory, now + limits.memory);
    }
}

[[noreturn]] void run_child(const std::string& path, const std::function<void()>& work,
                            const TrialLimits& limits, int pipe) {
    prepare_child(limits);
    const auto needs_memory = [&] {
        tell(pipe, (path + ": reading it needs more than " + std::to_string(limits.memory >> 20) +
                    " MiB of memory" + remedy)
                       .c_str());
    };
    try {
        work();
    } catch (const InputError& error) {
        tell(pipe, error.what());
    } catch (const std::bad_alloc&) {
        needs_memory();
    } catch (const std::length_error&) {
        needs_memory();
    } catch (const Error&) {  // the caller meets it again
    } catch (const std::exception& error) {
        tell(pipe, concat(path, ": a trial reading of it failed: ", error.what(), remedy).c_str());
    }
    _exit(0);
}

// The child and what it says; killed if the wait for it ends early.
class Child {
  public:
    Child(const std::string& path, const std::function<void()>& work, const TrialLimits& limits) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) fail(path);
        id_ = fork();
        if (id_ == 0) run_child(path, work, limits, ends[1]);
        pipe_ = ends[0];
        close(ends[1]);
        if (id_ < 0) {
            close(pipe_);
            fail(path);
        }
    }
    ~Child() {
        close(pipe_);
        if (id_ > 0 && !ended_) {
            kill(id_, SIGKILL);
            wait();
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Until the child closes its end; false if that takes longer.
    bool listen(std::chrono::seconds longest) {
        const auto deadline = std::chrono::steady_clock::now() + longest;
        while (std::chrono::steady_clock::now() < deadline) {
            check_interrupt();
            constexpr int milliseconds = 100;
            pollfd ready{pipe_, POLLIN, 0};
            if (poll(&ready, 1, milliseconds) <= 0) continue;
            std::array<char, 4096> buffer{};
            const auto count = ::read(pipe_, buffer.data(), buffer.size());
            if (count == 0) return true;
            if (count > 0) message_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return false;
    }
    /// As waitpid says it.
    int wait() {
        int status = 0;
        while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
        ended_ = true;
        return status;
    }
    [[nodiscard]] const std::string& message() const { return message_; }

  private:
    [[noreturn]] static void fail(const std::string& path) {
        throw CannotOpen(path +
                         ": cannot be tried in a process of its own: " + std::strerror(errno));
    }

    pid_t id_ = -1;
    int pipe_ = -1;
    bool ended_ = false;
    std::string message_;
};

[[noreturn]] void refuse_slow(const std::string& path, std::chrono::seconds time) {
    throw InputError(path + ": reading it takes longer than " + std::to_string(time.count()) +
                     " s" + remedy);
}

}  // namespace

TrialLimits trial_limits(const std::string& path) {
    std::error_code failure;
    const auto bytes = std::filesystem::file_size(path, failure);
    const auto more = failure ? 0 : static_cast<long>(bytes / 5'000'000);
    return {.processor_time = std::chrono::seconds(10 + more)};
}

void try_in_child(const std::string& path, const std::function<void()>& work,
                  const TrialLimits& limits) {
    constexpr int slowness = 6;  // of a busy machine or a network
    const auto longest = slowness * limits.processor_time;
    Child child(path, work, limits);
    if (!child.listen(longest)) refuse_slow(path, longest);
    const int status = child.wait();
    check_interrupt();  // a terminal tells the child, too
    if (!child.message().empty()) throw InputError(child.message());
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number == SIGXCPU) refuse_slow(path, limits.processor_time);
    throw InputError(path + ": a trial reading of it ended with " +
                     (number > 0
                          ? "signal " + std::to_string(number) + " (" + strsignal(number) + ")"
                          : "status " + std::to_string(WEXITSTATUS(status))) +
                     remedy);
}

}  // namespace lacathode::io::detail
