#include "lacathode/io/output_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/partial_file.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// An unfinished file has a longer name beside it.
void check_length(const std::string& path) {
    constexpr std::size_t most = 255;  // bytes of a name, on every common file system
    constexpr std::size_t added =
        1 + io::detail::partial_letters + io::detail::partial_ending.size();
    const std::size_t length = std::filesystem::path(path).filename().string().size();
    if (length + added <= most) return;
    throw OutputError(path + ": its name has " + std::to_string(length) + " bytes; at most " +
                      std::to_string(most - added) + " leave room for that of the unfinished file");
}

void check_directory(const std::string& path) {
    const std::string directory = io::detail::parent_of(path);
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

// A rename would not ask.
void check_not_protected(const std::string& path, const struct stat& info) {
    constexpr mode_t anybody_may_write = S_IWUSR | S_IWGRP | S_IWOTH;
    if ((info.st_mode & anybody_may_write) != 0 && access(path.c_str(), W_OK) == 0) return;
    throw OutputError(path + ": is write-protected and is not replaced, not even with --force; " +
                      "make it writable (chmod u+w), or name another");
}

void check_target(const std::string& path, Overwrite overwrite) {
    struct stat entry {};
    if (lstat(path.c_str(), &entry) != 0) return;
    struct stat info = entry;
    stat(path.c_str(), &info);  // stays the link if it leads to nothing
    if (S_ISDIR(info.st_mode)) throw OutputError(path + ": is a directory; name a file");
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) {
        throw OutputError(path + ": is not a regular file and is never replaced; name another");
    }
    if (overwrite == Overwrite::forbid) {
        throw OutputError(path + ": exists; pass --force to replace it, or name another");
    }
    if (S_ISREG(entry.st_mode)) check_not_protected(path, entry);
}

}  // namespace

void check_output(const std::string& path, Overwrite overwrite) {
    if (path.empty() || path.ends_with('/')) {
        throw OutputError("'" + path + "': is not the name of a file");
    }
    check_length(path);
    check_directory(path);
    check_target(path, overwrite);
}

bool same_file(const std::string& a, const std::string& b) {
    struct stat first {};
    struct stat second {};
    if (stat(a.c_str(), &first) != 0 || stat(b.c_str(), &second) != 0) return false;
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace lacathode
