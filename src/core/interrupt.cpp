#include "lacathode/core/interrupt.hpp"

#include <csignal>

namespace lacathode {
namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t received_signal = 0;

extern "C" void note_signal(int signal) {
    received_signal = signal;
    std::signal(signal, SIG_DFL);
}

}  // namespace

void install_interrupt_handlers() {
    std::signal(SIGINT, note_signal);
    std::signal(SIGTERM, note_signal);
}

void check_interrupt() {
    if (received_signal != 0) throw Interrupted(received_signal);
}

}  // namespace lacathode
