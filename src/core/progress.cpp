#include "lacathode/core/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "lacathode/core/log.hpp"

namespace lacathode {
namespace {

std::string duration_text(double seconds) {
    const auto total = static_cast<long>(seconds + 0.5);
    char text[32];
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
    return text;
}

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
    if (drawn_) std::fputc('\n', stderr);
}

void Progress::update(std::uint64_t done, const std::string& note) {
    if (muted > 0) return;
    const auto now = Clock::now();
    const bool finished = done >= total_;
    const auto pause =
        terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(60'000);
    if (!finished && now - last_shown_ < pause) return;
    last_shown_ = now;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const double left = done == 0 ? 0
                                  : elapsed * static_cast<double>(total_ - std::min(done, total_)) /
                                        static_cast<double>(done);
    const std::string line =
        concat(title_, ' ', done, '/', total_, "  elapsed ", duration_text(elapsed), "  left ",
               duration_text(left), note.empty() ? "" : "  ", note);
    if (!terminal_) {
        log_info(line);
        return;
    }
    constexpr int width = 24;
    const int filled = static_cast<int>(width * std::min(done, total_) / total_);
    std::fprintf(stderr, "\r\033[K[%s%s] %s",
                 std::string(static_cast<std::size_t>(filled), '#').c_str(),
                 std::string(static_cast<std::size_t>(width - filled), '.').c_str(), line.c_str());
    std::fflush(stderr);
    drawn_ = true;
}

}  // namespace lacathode
