#include "config/file_places.hpp"

#include <string_view>
#include <system_error>

namespace lacathode::config::detail {
namespace {

constexpr const char* wildcards = "*?[\\";

// The directory's own name is no pattern, whatever characters it has.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view(wildcards).find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

}  // namespace

FilePlaces::FilePlaces(const std::string& path) {
    std::error_code none;
    if (std::filesystem::is_regular_file(path, none))
        directory_ = std::filesystem::path(path).parent_path();
}

std::string FilePlaces::resolved(const std::string& pattern) const {
    const std::filesystem::path path(pattern);
    if (path.is_absolute() || directory_.empty()) return pattern;
    const bool literal = pattern.find_first_of(wildcards) == std::string::npos;
    const auto directory =
        literal ? directory_ : std::filesystem::path(escaped(directory_.string()));
    return (directory / path).string();
}

}  // namespace lacathode::config::detail
