#include "config/file_places.hpp"

#include <string_view>
#include <system_error>

#include "lacathode/config/file_pattern.hpp"

namespace lacathode {

std::string pattern_of(const std::string& path) {
    constexpr std::string_view wildcards = "*?[\\";
    std::string pattern;
    for (const char c : path) {
        if (wildcards.find(c) != std::string_view::npos) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

}  // namespace lacathode

namespace lacathode::config::detail {

FilePlaces::FilePlaces(const std::string& path) {
    // These lead to a file that a shell has opened, wherever it lies.
    if (path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/")) return;
    std::error_code none;
    if (std::filesystem::is_regular_file(path, none))
        directory_ = std::filesystem::path(path).parent_path();
}

std::string FilePlaces::resolved(const std::string& pattern) const {
    const std::filesystem::path path(pattern);
    if (path.is_absolute() || directory_.empty()) return pattern;
    const bool literal = pattern_of(pattern) == pattern;
    const auto directory =
        literal ? directory_ : std::filesystem::path(pattern_of(directory_.string()));
    return (directory / path).string();
}

}  // namespace lacathode::config::detail
