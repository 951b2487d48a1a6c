// Log lines to stderr. stdout is data and is never written here.
#pragma once

#include <string>

namespace lacathode {

enum class LogLevel { quiet, normal, verbose };

void set_log_level(LogLevel level);
void log_debug(const std::string& message);
void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

}  // namespace lacathode
