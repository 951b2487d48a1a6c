// Ctrl-C and SIGTERM, turned into an exception at the next safe point.
#pragma once

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

/// Installs handlers of SIGINT and SIGTERM that only take note; a second signal kills at once.
void install_interrupt_handlers();

/// Throws Interrupted if a signal has come. Cheap: call it once a batch or a block of rows.
void check_interrupt();

}  // namespace lacathode
