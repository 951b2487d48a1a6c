#include "workflow/directories.hpp"

#include <filesystem>
#include <system_error>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

void make_directories(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw OutputError("cannot create directory '" + path + "': " + error.message());
}

bool is_there(const std::string& path) {
    std::error_code error;
    const bool found = std::filesystem::exists(path, error);
    if (!error) return found;
    throw OutputError(concat("cannot look at ", path, ": ", error.message(),
                             "; check its permissions, or choose another --out"));
}

}  // namespace lacathode
