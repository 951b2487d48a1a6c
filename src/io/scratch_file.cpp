#include "io/scratch_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/scratch.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::io::detail {

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

}  // namespace lacathode::io::detail
