#include "lacathode/core/interrupt.hpp"

#include <unistd.h>

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

// Only what is safe in a signal handler.
extern "C" void leave(int signal) {
    constexpr std::string_view by_key = "interrupted by Ctrl-C; no file is unfinished\n";
    constexpr std::string_view by_term = "interrupted by SIGTERM; no file is unfinished\n";
    const std::string_view text = signal == SIGINT ? by_key : by_term;
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
    _exit(128 + signal);
}

void install(int signal, void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

}  // namespace

void install_interrupt_handlers(OnInterrupt wanted) {
    const auto handler = wanted == OnInterrupt::leave ? leave : note_signal;
    install(SIGINT, handler);
    install(SIGTERM, handler);
}

void check_interrupt() {
    const int signal = watched->load(std::memory_order_relaxed);
    if (signal != 0) throw Interrupted(signal);
}

const InterruptFlag& interrupt_flag() noexcept {
    return received_signal;
}

void watch_interrupts(const InterruptFlag& flag) noexcept {
    watched = &flag;
}

}  // namespace lacathode
