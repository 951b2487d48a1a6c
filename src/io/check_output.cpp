#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {
namespace {

std::string parent_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

void check_directory(const std::string& path) {
    const std::string directory = parent_of(path);
    struct stat info {};
    if (stat(directory.c_str(), &info) != 0) {
        const int reason = errno;
        throw OutputError(path + ": directory " + directory + " cannot be used: " +
                          std::strerror(reason) + (reason == ENOENT ? "; make it first" : ""));
    }
    if (!S_ISDIR(info.st_mode)) throw OutputError(path + ": " + directory + " is not a directory");
    if (access(directory.c_str(), W_OK | X_OK) != 0) {
        throw OutputError(path + ": cannot write in directory " + directory + ": " +
                          std::strerror(errno));
    }
}

void check_target(const std::string& path, Overwrite overwrite) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return;
    if (S_ISDIR(info.st_mode)) throw OutputError(path + ": is a directory; name a file");
    if (!S_ISREG(info.st_mode)) {
        throw OutputError(path + ": is not a regular file and is never replaced; name another");
    }
    if (overwrite == Overwrite::forbid) {
        throw OutputError(path + ": exists; pass --force to replace it, or name another");
    }
}

}  // namespace

void check_output(const std::string& path, Overwrite overwrite) {
    if (path.empty() || path.ends_with('/')) {
        throw OutputError("'" + path + "': is not the name of a file");
    }
    check_directory(path);
    check_target(path, overwrite);
}

}  // namespace lacathode
