#include "lacathode/core/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/progress_line.hpp"
#include "core/status_line.hpp"
#include "lacathode/core/log.hpp"

namespace lacathode {
namespace {

// Each thread has its own; what runs side by side prints no bars.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
thread_local int muted = 0;

}  // namespace

MutedProgress::MutedProgress() {
    ++muted;
}
MutedProgress::~MutedProgress() {
    --muted;
}

Progress::Progress(std::string title, std::uint64_t total)
    : title_(std::move(title)),
      total_(std::max<std::uint64_t>(total, 1)),
      terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (drawn_) core::detail::status_line().finish();
}

void Progress::update(std::uint64_t done, const std::string& note) {
    done_ = done;
    if (muted > 0) return;
    const auto now = Clock::now();
    const bool finished = done >= total_;
    const auto pause =
        terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(60'000);
    if (!finished && now - last_shown_ < pause) return;
    last_shown_ = now;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const double left = done <= before_
                            ? 0
                            : elapsed * static_cast<double>(total_ - std::min(done, total_)) /
                                  static_cast<double>(done - before_);
    core::detail::ProgressLine line{title_, done, total_, elapsed, left, note};
    if (!terminal_) {
        log_info(whole_text(line));
        return;
    }
    core::detail::status_line().show(std::move(line));
    drawn_ = true;
}

}  // namespace lacathode
