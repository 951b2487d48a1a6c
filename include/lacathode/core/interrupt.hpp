// Ctrl-C and SIGTERM, turned into an exception at the next safe point.
#pragma once

#include <atomic>
#include <exception>

namespace lacathode {

/// Thrown by check_interrupt; unwinds to tool_main so that partial files are removed.
class Interrupted : public std::exception {
  public:
    explicit Interrupted(int signal) : signal_(signal) {}
    [[nodiscard]] int signal() const noexcept { return signal_; }
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }

  private:
    int signal_;
};

enum class OnInterrupt {
    leave,  ///< say so, and end the process at once: while there is nothing to tidy up
    note    ///< take note, for check_interrupt
};

/// Installs handlers of SIGINT and SIGTERM; a second signal of a kind kills at once.
void install_interrupt_handlers(OnInterrupt wanted);

/// Throws Interrupted if a signal has come. Cheap: call it once a batch or a block of rows, so
/// that a second never passes without a call.
void check_interrupt();

/// 0, or the signal that has come.
using InterruptFlag = std::atomic<int>;

/// The flag that the handlers of this copy of the library set.
const InterruptFlag& interrupt_flag() noexcept;
/// check_interrupt looks at `flag` from now on: for a module with a copy of the library of its
/// own, before its first use.
void watch_interrupts(const InterruptFlag& flag) noexcept;

}  // namespace lacathode
