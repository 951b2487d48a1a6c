#include "lacathode/io/matching_files.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <new>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

bool is_path(const std::string& pattern) {
    std::error_code none;
    return pattern.find_first_of("*?[\\") == std::string::npos ||
           std::filesystem::exists(pattern, none);
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
        if (is_path(pattern)) {
            paths.push_back(pattern);
        } else {
            std::ranges::move(matches(pattern), std::back_inserter(paths));
        }
    }
    return paths;
}

}  // namespace lacathode
