// Signals that end the program, turned into an exception at the next safe point.
#pragma once

#include <atomic>
#include <chrono>
#include <exception>

namespace lacathode {

/// Thrown by check_interrupt; unwinds to program_main so that partial files are removed.
class Interrupted : public std::exception {
  public:
    explicit Interrupted(int signal) : signal_(signal) {}
    [[nodiscard]] int signal() const noexcept { return signal_; }
    /// "Ctrl-C", "SIGTERM", "SIGUSR1" or "the time limit".
    [[nodiscard]] const char* cause() const noexcept;
    /// 128 + signal; 75, try again, of those that a batch system stops for a while: SIGUSR1 and the
    /// time limit.
    [[nodiscard]] int exit_code() const noexcept;
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }

  private:
    int signal_;
};

enum class OnInterrupt {
    leave,  ///< say so, and end the process at once: while there is nothing to tidy up
    note    ///< take note, for check_interrupt
};

/// Installs handlers of SIGINT, SIGTERM, SIGUSR1 and SIGALRM; a second signal of a kind kills at
/// once.
void install_interrupt_handlers(OnInterrupt wanted);

/// Throws Interrupted if a signal has come. Cheap: call it once a batch or a block of rows, so
/// that a second never passes without a call.
void check_interrupt();

/// Whether a signal has come.
bool stop_was_asked_for() noexcept;

/// While one lives, check_interrupt throws nothing in its thread: for what has to be saved when a
/// signal has come.
class HeldInterrupts {
  public:
    HeldInterrupts() noexcept;
    ~HeldInterrupts();
    HeldInterrupts(const HeldInterrupts&) = delete;
    HeldInterrupts& operator=(const HeldInterrupts&) = delete;
};

/// As a signal would, in so many seconds from now.
void set_time_limit(std::chrono::seconds limit);

/// 0, or the signal that has come.
using InterruptFlag = std::atomic<int>;

/// The flag that the handlers of this copy of the library set.
const InterruptFlag& interrupt_flag() noexcept;
/// check_interrupt looks at `flag` from now on: for a module with a copy of the library of its
/// own, before its first use.
void watch_interrupts(const InterruptFlag& flag) noexcept;

}  // namespace lacathode
