#include "lacathode/core/scratch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// One for the process: where bytes wait changes no content.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::string directory_in_use;

bool can_be_written(const std::string& directory) {
    struct stat info {};
    return stat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
           access(directory.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

void set_scratch_directory(const std::string& directory) {
    if (!directory.empty() && !can_be_written(directory)) {
        throw OutputError(concat("--scratch ", directory,
                                 ": is no directory that can be written; make it, or name a disk "
                                 "of this machine"));
    }
    directory_in_use = directory;
}

const std::string& scratch_directory() noexcept {
    return directory_in_use;
}

}  // namespace lacathode
