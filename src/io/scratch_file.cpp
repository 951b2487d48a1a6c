#include "io/scratch_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/partial_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/scratch.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/file_hash.hpp"

namespace lacathode::io::detail {

// A path may mean another file in another container.
std::string scratch_path(const std::string& target) {
    constexpr std::size_t most_letters = 100;  // more are added, and a name has 255 at most
    constexpr std::size_t digits = 16;
    const std::string name = std::filesystem::path(target).filename().string();
    struct stat folder {};
    if (stat(parent_of(target).c_str(), &folder) != 0) {
        throw OutputError(concat(target, ": cannot look at its directory: ", std::strerror(errno)));
    }
    const std::string identity =
        concat(host_name(), '\n', getuid(), '\n', folder.st_dev, '\n', folder.st_ino, '\n', name);
    return concat(scratch_directory(), "/lacathode-", name.substr(0, most_letters), '.',
                  text_hash(identity).substr(0, digits));
}

}  // namespace lacathode::io::detail
