#include "io/scratch_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/scratch.hpp"

namespace lacathode {
namespace {

// One for the process: where bytes wait changes no content.
std::string& scratch_directory() {
    static std::string directory;
    return directory;
}

}  // namespace

void set_scratch_directory(const std::string& directory) {
    if (!directory.empty()) {
        struct stat info {};
        if (stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) ||
            access(directory.c_str(), W_OK | X_OK) != 0) {
            throw OutputError(concat("--scratch ", directory,
                                     ": is no directory that can be written; make it, or name a "
                                     "disk of this machine"));
        }
    }
    scratch_directory() = directory;
}

namespace io::detail {

std::optional<ScratchFile> ScratchFile::for_target(const std::string& target) {
    if (scratch_directory().empty()) return std::nullopt;
    std::string name = concat(scratch_directory(), "/lacathode-",
                              std::filesystem::path(target).filename().string(), ".XXXXXX");
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) {
        throw OutputError(concat(target, ": cannot create ", name, ": ", std::strerror(errno),
                                 "; check the directory of --scratch"));
    }
    close(descriptor);
    return ScratchFile(std::move(name));
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept : name_(std::exchange(other.name_, {})) {}

ScratchFile::~ScratchFile() {
    if (!name_.empty()) unlink(name_.c_str());
}

}  // namespace io::detail
}  // namespace lacathode
