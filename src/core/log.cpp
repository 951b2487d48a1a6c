#include "lacathode/core/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "core/status_line.hpp"

namespace lacathode {
namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto created = std::make_shared<spdlog::logger>(
            "lacathode", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        created->set_pattern("%H:%M:%S %^%l%$ %v");
        return created;
    }();
    return *instance;
}

void write(spdlog::level::level_enum level, const std::string& message) {
    if (!logger().should_log(level)) return;
    core::detail::status_line().write_above([&] { logger().log(level, "{}", message); });
}

}  // namespace

void set_log_level(LogLevel level) {
    switch (level) {
        case LogLevel::quiet:
            logger().set_level(spdlog::level::warn);
            return;
        case LogLevel::normal:
            logger().set_level(spdlog::level::info);
            return;
        case LogLevel::verbose:
            logger().set_level(spdlog::level::debug);
            return;
    }
}

void log_debug(const std::string& message) {
    write(spdlog::level::debug, message);
}
void log_info(const std::string& message) {
    write(spdlog::level::info, message);
}
void log_warning(const std::string& message) {
    write(spdlog::level::warn, message);
}
void log_error(const std::string& message) {
    write(spdlog::level::err, message);
}

}  // namespace lacathode
