#include "io/partial_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "io/scratch_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/scratch.hpp"

namespace lacathode::io::detail {
namespace {

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

std::string random_name(const std::string& target) {
    std::random_device source;
    std::string letters;
    while (letters.size() < partial_letters) letters += static_cast<char>('a' + source() % 26);
    return target + "." + letters + std::string(partial_ending);
}

// What a lock file says is believed only if the name can be one of ours.
bool is_partial_of(const std::string& name, const std::string& target) {
    const std::string begin = file_name(target) + ".";
    if (!name.starts_with(begin) || !name.ends_with(partial_ending)) return false;
    if (name.size() != begin.size() + partial_letters + partial_ending.size()) return false;
    return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(begin.size()),
                       name.end() - static_cast<std::ptrdiff_t>(partial_ending.size()),
                       [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

// Best effort: not every file system can.
void sync_directory(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

void remove_unfinished(const std::string& target, const WriteLock& lock) noexcept {
    const std::string& name = lock.left_behind();
    if (!is_partial_of(name, target)) return;
    unlink((std::filesystem::path(target).parent_path() / name).c_str());
}

std::string checked(std::string target, Overwrite overwrite) {
    check_output(target, overwrite);
    return target;
}

// Renames unless something is there, in one step where the file system can do that.
bool rename_if_free(const std::string& from, const std::string& to) {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    struct stat there {};
    if (lstat(to.c_str(), &there) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

std::string parent_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

PartialFile::PartialFile(std::string target, Overwrite overwrite, unsigned mode)
    : target_(checked(std::move(target), overwrite)), overwrite_(overwrite), lock_(target_) {
    check_output(target_, overwrite_);  // another writer may have finished just before the lock
    remove_unfinished(target_, lock_);
    create(mode);
    try {
        set_modes();
    } catch (...) {
        let_go();
        throw;
    }
}

PartialFile::~PartialFile() {
    let_go();
}

void PartialFile::create(unsigned mode) {
    constexpr int attempts = 100;
    for (int i = 0; descriptor_ < 0 && i < attempts; ++i) {
        name_ = random_name(target_);
        lock_.announce(file_name(name_));  // first, so that nothing without an owner can be left
        descriptor_ = open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (descriptor_ < 0 && errno != EEXIST) break;
    }
    if (descriptor_ < 0) fail("create " + name_);
}

void PartialFile::set_modes() {
    struct stat info {};
    if (fstat(descriptor_, &info) != 0) fail("create " + name_);
    struct stat before {};
    const bool replaces = lstat(target_.c_str(), &before) == 0 && S_ISREG(before.st_mode);
    final_mode_ = (replaces ? before.st_mode : info.st_mode) & 0777U;
    // Until it is complete this program at least must be able to open it.
    if (fchmod(descriptor_, final_mode_ | S_IRUSR | S_IWUSR) != 0) fail("set the mode of " + name_);
}

void PartialFile::copy_from(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> block(std::size_t{1} << 20);
    off_t place = 0;
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        for (std::streamsize done = 0; done < file.gcount();) {
            const auto left = static_cast<std::size_t>(file.gcount() - done);
            const auto written = pwrite(descriptor_, block.data() + done, left, place);
            if (written <= 0) fail("copy " + path + " to " + name_);
            done += written;
            place += written;
        }
    }
    if (!file.eof()) fail("read " + path);
}

void PartialFile::write_head(std::string_view bytes) {
    const auto written = pwrite(descriptor_, bytes.data(), bytes.size(), 0);
    if (written != static_cast<ssize_t>(bytes.size())) fail("write " + name_);
}

void PartialFile::put_in_place() {
    if (fchmod(descriptor_, final_mode_) != 0) fail("set the mode of " + name_);
    // The file must not lie under its name before its bytes are on the disk.
    if (fsync(descriptor_) != 0) fail("write " + name_ + " to disk");
    rename_to_target();
    done_ = true;
    let_go();
    sync_directory(parent_of(target_));
}

void PartialFile::rename_to_target() {
    const bool renamed = overwrite_ == Overwrite::allow
                             ? rename(name_.c_str(), target_.c_str()) == 0
                             : rename_if_free(name_, target_);
    if (renamed) return;
    if (errno != EEXIST || overwrite_ == Overwrite::allow) fail("rename " + name_);
    done_ = true;  // hours of work may be in it
    let_go();
    throw OutputError(target_ + ": appeared while this program ran; the result was kept as " +
                      name_ + ", rename it");
}

void PartialFile::let_go() noexcept {
    if (!done_) unlink(name_.c_str());
    done_ = true;
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
    lock_.release();
}

void PartialFile::fail(const std::string& action) const {
    throw OutputError(target_ + ": cannot " + action + ": " + std::strerror(errno) +
                      "; check free space, quota and permissions");
}

}  // namespace lacathode::io::detail

namespace lacathode {

void remove_left_behind(const std::string& path) noexcept {
    using io::detail::WriteLock;
    try {
        if (WriteLock::has_file(path)) io::detail::remove_unfinished(path, WriteLock(path));
        if (scratch_directory().empty()) return;
        const std::string scratch = io::detail::scratch_path(path);
        if (WriteLock::has_file(scratch))
            io::detail::remove_unfinished(scratch, WriteLock(scratch));
    } catch (const std::exception&) {
        return;  // another writer's
    }
}

bool is_being_written(const std::string& path) noexcept {
    remove_left_behind(path);
    return io::detail::WriteLock::has_file(path);
}

}  // namespace lacathode
