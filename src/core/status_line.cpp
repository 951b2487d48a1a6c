#include "core/status_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "lacathode/core/text.hpp"

namespace lacathode::core::detail {
namespace {

constexpr const char* erase = "\r\033[J";  // this line and all below

// Asked for each time: a terminal may be resized.
std::size_t terminal_width() {
    constexpr std::size_t usual = 80;
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : usual;
}

// stderr has no buffer: text in one piece is one write.
void put(const std::string& text) {
    std::fputs(text.c_str(), stderr);
}

}  // namespace

void StatusLine::show(ProgressLine line) {
    const std::lock_guard lock(mutex_);
    line_ = std::move(line);
    put(concat(erase, fitted_text(*line_, terminal_width()), '\r'));
}

void StatusLine::finish() noexcept {
    const std::lock_guard lock(mutex_);
    if (!line_) return;
    try {
        put(concat(erase, fitted_text(*line_, terminal_width()), '\n'));
    } catch (const std::exception&) {  // out of memory, which is being told already
        std::fputc('\n', stderr);
    }
    line_.reset();
}

void StatusLine::write_above(const std::function<void()>& write) {
    const std::lock_guard lock(mutex_);
    if (line_) put(erase);
    write();
    if (line_) put(concat(fitted_text(*line_, terminal_width()), '\r'));
}

StatusLine& status_line() {
    static StatusLine line;
    return line;
}

}  // namespace lacathode::core::detail
