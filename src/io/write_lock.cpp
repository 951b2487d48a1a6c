#include "io/write_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "lacathode/core/provenance.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode::io::detail {
namespace {

// The one line in the file: "lacathode: process 17 on host HOST writes NAME".
constexpr std::string_view first_words = "lacathode: ";
constexpr std::string_view before_name = " writes ";

std::string lock_path(const std::string& target) {
    const std::filesystem::path path(target);
    std::string name = ".";
    name += path.filename().string();
    name += ".lock";
    return (path.parent_path() / name).string();
}

std::string first_line(int descriptor) {
    std::string text(1024, '\0');
    const auto count = pread(descriptor, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text.substr(0, text.find('\n'));
}

std::string owner_of(const std::string& line) {
    const auto end = line.rfind(before_name);
    if (!line.starts_with(first_words) || end == std::string::npos) return "another process";
    return line.substr(first_words.size(), end - first_words.size());
}

std::string name_in(const std::string& line) {
    const auto begin = line.rfind(before_name);
    return begin == std::string::npos ? "" : line.substr(begin + before_name.size());
}

bool same_inode(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

bool WriteLock::has_file(const std::string& target) noexcept {
    struct stat there {};
    return lstat(lock_path(target).c_str(), &there) == 0;
}

template <class Problem>
void WriteLock::refuse(const std::string& problem) {
    if (descriptor_ >= 0) close(descriptor_);  // somebody else's: not removed
    descriptor_ = -1;
    throw Problem(target_ + ": " + problem);
}

WriteLock::WriteLock(std::string target) : target_(std::move(target)), path_(lock_path(target_)) {
    constexpr int attempts = 1000;  // each one lost to a writer that came and went
    for (int i = 0; i < attempts; ++i) {
        if (acquire()) return;
        close(descriptor_);
    }
    descriptor_ = -1;
    refuse<OutputBusy>("others keep writing it; wait for them or name another file");
}

WriteLock::~WriteLock() {
    release();
}

bool WriteLock::acquire() {
    descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (descriptor_ < 0) refuse("cannot open the lock " + path_ + ": " + std::strerror(errno));
    struct stat own {};
    if (fstat(descriptor_, &own) != 0 || !S_ISREG(own.st_mode)) {
        refuse(path_ + " is in the way of a lock; move it");
    }
    const bool locked = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    const bool held = !locked && errno == EWOULDBLOCK;
    const std::string line = first_line(descriptor_);
    if (held) {
        refuse<OutputBusy>(owner_of(line) + " is writing it; wait for it or name another file");
    }
    if (!line.empty() && !line.starts_with(first_words)) {
        refuse(path_ + " is in the way of a lock; move it");
    }
    struct stat there {};
    if (lstat(path_.c_str(), &there) != 0 || !same_inode(own, there)) return false;
    if (locked) left_behind_ = name_in(line);
    return true;
}

void WriteLock::announce(const std::string& name) {
    const std::string line = std::string(first_words) + "process " + std::to_string(getpid()) +
                             " on host " + host_name() + std::string(before_name) + name + "\n";
    const bool written =
        ftruncate(descriptor_, 0) == 0 &&
        pwrite(descriptor_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
    if (written) return;
    throw OutputError(target_ + ": cannot write " + path_ + ": " + std::strerror(errno) +
                      "; check free space and quota");
}

// Removed before it is unlocked: who opens it afterwards makes a new one.
void WriteLock::release() noexcept {
    if (descriptor_ < 0) return;
    unlink(path_.c_str());
    close(descriptor_);
    descriptor_ = -1;
}

}  // namespace lacathode::io::detail
