#include "workflow/files_in_use.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/directories.hpp"

namespace lacathode {
namespace {

namespace fs = std::filesystem;

constexpr const char* turn_name = "turn";

std::string lists_of(const std::string& folder) {
    return folder + "/.in_use";
}

// Of containers that call themselves alike, too.
std::string new_list(const std::string& folder) {
    make_directories(lists_of(folder));
    std::random_device source;
    return concat(lists_of(folder), '/', host_name(), '.', getpid(), '.', source());
}

OutputError problem(const char* what, const std::string& path) {
    return OutputError(concat(what, path, ": ", std::strerror(errno)));
}

// Whether the call that made the list has ended; not if that cannot be told.
bool is_left_behind(const std::string& list) {
    const int descriptor = open(list.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno == ENOENT;
    const bool is_free = flock(descriptor, LOCK_SH | LOCK_NB) == 0;
    close(descriptor);
    return is_free;
}

}  // namespace

LockedFile::LockedFile(const std::string& path)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    constexpr std::chrono::milliseconds pause(20);
    if (descriptor_ < 0) throw problem("cannot write ", path);
    try {
        while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            check_interrupt();
            std::this_thread::sleep_for(pause);
        }
    } catch (...) {
        close(descriptor_);
        throw;
    }
}

LockedFile::~LockedFile() {
    close(descriptor_);
}

LockedFile turn_in(const std::string& folder) {
    make_directories(lists_of(folder));
    return LockedFile(concat(lists_of(folder), '/', turn_name));
}

FilesInUse::FilesInUse(const std::string& folder, const std::set<std::string>& files)
    : folder_(folder), list_(new_list(folder)) {
    const LockedFile mine = turn_in(folder);
    locked_.emplace(list_);  // in turn: without its lock it looks like one left behind
    list(files);
    (void)lists_of_others();  // removes those of killed calls
}

FilesInUse::~FilesInUse() {
    unlink(list_.c_str());
}

void FilesInUse::narrow_to(const std::set<std::string>& files,
                           const std::function<void(std::set<std::string>)>& discard) {
    const LockedFile mine = turn_in(folder_);
    list(files);
    discard(of_others());
}

// By their names in the folder, which has other names elsewhere.
void FilesInUse::list(const std::set<std::string>& files) const {
    std::ofstream lines(list_);
    for (const std::string& file : files) lines << fs::path(file).filename().string() << '\n';
    lines.close();
    if (!lines) throw problem("cannot write ", list_);
}

std::vector<std::string> FilesInUse::lists_of_others() const {
    std::vector<std::string> lists;
    try {
        for (const fs::directory_entry& entry : fs::directory_iterator(lists_of(folder_))) {
            const std::string list = entry.path().string();
            if (list == list_ || entry.path().filename() == turn_name) continue;
            if (is_left_behind(list)) {
                unlink(list.c_str());
            } else {
                lists.push_back(list);
            }
        }
    } catch (const fs::filesystem_error& error) {
        throw OutputError(concat("cannot tell what other calls need: ", error.what()));
    }
    return lists;
}

std::set<std::string> FilesInUse::of_others() const {
    std::set<std::string> files;
    for (const std::string& list : lists_of_others()) {
        std::ifstream lines(list);
        if (!lines) throw problem("cannot tell what other calls need: ", list);
        for (std::string name; std::getline(lines, name);) files.insert(concat(folder_, '/', name));
    }
    return files;
}

}  // namespace lacathode
