#include "lacathode/core/interrupt.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

namespace lacathode {
namespace {

// A signal handler can reach nothing but a global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
InterruptFlag received_signal{0};
static_assert(InterruptFlag::is_always_lock_free, "a signal handler may set the flag");

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
const InterruptFlag* watched = &received_signal;

extern "C" void note_signal(int signal) {
    received_signal.store(signal, std::memory_order_relaxed);
}

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
thread_local int held = 0;

struct Cause {
    int signal;
    int exit_code;
    std::string_view name;
};

constexpr int try_again = 75;  // EX_TEMPFAIL
constexpr std::array<Cause, 4> causes = {{{SIGINT, 128 + SIGINT, "Ctrl-C"},
                                          {SIGTERM, 128 + SIGTERM, "SIGTERM"},
                                          {SIGUSR1, try_again, "SIGUSR1"},
                                          {SIGALRM, try_again, "the time limit"}}};

const Cause& cause_of(int signal) {
    for (const Cause& cause : causes) {
        if (cause.signal == signal) return cause;
    }
    return causes[1];
}

void write_to_stderr(std::string_view text) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

// Only what is safe in a signal handler.
extern "C" void leave(int signal) {
    const Cause& cause = cause_of(signal);
    write_to_stderr("interrupted by ");
    write_to_stderr(cause.name);
    write_to_stderr("; no file is unfinished\n");
    _exit(cause.exit_code);
}

void install(int signal, void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

}  // namespace

const char* Interrupted::cause() const noexcept {
    return cause_of(signal_).name.data();
}

int Interrupted::exit_code() const noexcept {
    return cause_of(signal_).exit_code;
}

void install_interrupt_handlers(OnInterrupt wanted) {
    const auto handler = wanted == OnInterrupt::leave ? leave : note_signal;
    for (const Cause& cause : causes) install(cause.signal, handler);
}

void check_interrupt() {
    const int signal = watched->load(std::memory_order_relaxed);
    if (signal != 0 && held == 0) throw Interrupted(signal);
}

bool stop_was_asked_for() noexcept {
    return watched->load(std::memory_order_relaxed) != 0;
}

HeldInterrupts::HeldInterrupts() noexcept {
    ++held;
}

HeldInterrupts::~HeldInterrupts() {
    --held;
}

void set_time_limit(std::chrono::seconds limit) {
    alarm(static_cast<unsigned>(limit.count()));
}

const InterruptFlag& interrupt_flag() noexcept {
    return received_signal;
}

void watch_interrupts(const InterruptFlag& flag) noexcept {
    watched = &flag;
}

}  // namespace lacathode
