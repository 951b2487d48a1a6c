// The lowest line of a terminal, which a progress bar occupies while log lines go above it.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "core/progress_line.hpp"

namespace lacathode::core::detail {

/// Threads may call all of it at once; what one writes is never inside what another writes.
/// The cursor rests at the beginning of the line. A terminal that is made narrower breaks the line
/// into several, all of them then behind the cursor, and the next drawing erases them.
class StatusLine {
  public:
    /// Draws the line on stderr, which is a terminal, in place of the one before.
    void show(ProgressLine line);
    /// Leaves the line as it is, if there is one; what comes next goes below.
    void finish() noexcept;
    /// Calls `write`, which writes whole lines to stderr, and draws the line again below them.
    void write_above(const std::function<void()>& write);

  private:
    std::mutex mutex_;
    std::optional<ProgressLine> line_;
};

/// That of this process: it has one stderr.
StatusLine& status_line();

}  // namespace lacathode::core::detail
