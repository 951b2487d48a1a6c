#include "lacathode/io/file_hash.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "io/content_hash.hpp"
#include "io/input_checks.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

std::string file_hash(const std::string& path) {
    detail::check_readable_file(path);
    std::ifstream file(path, std::ios::binary);
    std::vector<char> buffer(std::size_t{1} << 20);
    detail::Digest digest;
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
           file.gcount() > 0) {
        digest.update(buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (!file.eof()) throw InputError(path + ": cannot be read: " + std::strerror(errno));
    return digest.text();
}

}  // namespace lacathode
