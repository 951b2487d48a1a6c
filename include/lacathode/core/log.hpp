// Log lines to stderr. stdout is data and is never written here.
#pragma once

#include <sstream>
#include <string>

namespace lacathode {

enum class LogLevel { quiet, normal, verbose };

void set_log_level(LogLevel level);
void log_debug(const std::string& message);
void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

/// All arguments, streamed one after the other into one string.
template <class... Parts>
std::string concat(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

}  // namespace lacathode
