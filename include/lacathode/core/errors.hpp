// The two kinds of error: a user's input (Error and its children) and a bug (ContractViolation).
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace lacathode {

/// Exit codes of every executable (README, "Exit codes").
enum class ExitCode : int {
    success = 0,
    usage = 2,         ///< wrong option, configuration key or value
    bad_input = 3,     ///< an input file or its content cannot be used
    cannot_write = 4,  ///< an output cannot be written
    numerical = 5,     ///< a computation failed (non-finite loss, ...)
    failed_check = 6,  ///< a threshold of a quality check is exceeded; all outputs are there
    bug = 70,          ///< a broken contract inside the program
    // 75: stopped, the same command goes on (Interrupted); 128 + the signal's number: interrupted
};

/// An error that the user can mend. The message says the problem, the value, where, and what to do.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    [[nodiscard]] ExitCode code() const noexcept { return code_; }

  private:
    ExitCode code_;
};

struct UsageError : Error {
    explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};
struct InputError : Error {
    explicit InputError(const std::string& message) : Error(ExitCode::bad_input, message) {}
};
struct OutputError : Error {
    explicit OutputError(const std::string& message) : Error(ExitCode::cannot_write, message) {}
};
struct NumericalError : Error {
    explicit NumericalError(const std::string& message) : Error(ExitCode::numerical, message) {}
};
struct QualityError : Error {
    explicit QualityError(const std::string& message) : Error(ExitCode::failed_check, message) {}
};

/// A broken contract: a bug of this library or of the code that calls it.
class ContractViolation : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// What `action` returns; an InputError that it throws is told with the name of the file.
template <class Action>
auto with_path(const std::string& path, const Action& action) {
    try {
        return action();
    } catch (const InputError& error) {
        throw InputError(path + ": " + error.what());
    }
}

/// Throws ContractViolation with the caller's place unless `condition` holds.
void expects(bool condition, const char* requirement,
             std::source_location where = std::source_location::current());

}  // namespace lacathode
