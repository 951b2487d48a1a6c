#include "workflow/directories.hpp"

#include <filesystem>
#include <system_error>

#include "lacathode/core/errors.hpp"

namespace lacathode {

void make_directories(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw OutputError("cannot create directory '" + path + "': " + error.message());
}

}  // namespace lacathode
