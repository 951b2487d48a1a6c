#include "lacathode/io/matching_files.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <optional>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

constexpr const char* special = "*?[\\";

// The one path that a pattern without wildcards means.
std::optional<std::string> only_path(const std::string& pattern) {
    std::string path;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            ++i;
        } else if (pattern.find_first_of(special, i) == i) {
            return {};
        }
        path += pattern[i];
    }
    return path;
}

std::vector<std::string> matches(const std::string& pattern) {
    glob_t found{};
    const int status = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    globfree(&found);
    if (status == GLOB_NOSPACE) throw std::bad_alloc();
    if (paths.empty()) throw InputError(pattern + ": no file matches this pattern; check the path");
    std::ranges::sort(paths);
    return paths;
}

}  // namespace

std::vector<std::string> matching_files(const std::vector<std::string>& patterns) {
    std::vector<std::string> paths;
    for (const std::string& pattern : patterns) {
        std::error_code none;
        if (std::filesystem::exists(pattern, none)) {
            paths.push_back(pattern);
        } else if (std::optional<std::string> path = only_path(pattern)) {
            paths.push_back(*std::move(path));
        } else {
            std::ranges::move(matches(pattern), std::back_inserter(paths));
        }
    }
    return paths;
}

}  // namespace lacathode
