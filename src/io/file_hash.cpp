#include "lacathode/io/file_hash.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "io/content_hash.hpp"
#include "io/input_checks.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode {

std::string file_hash(const std::string& path) {
    io::detail::check_readable_file(path);
    std::ifstream file(path, std::ios::binary);
    io::detail::Digest digest;
    digest.update(file);
    if (!file.eof()) throw InputError(path + ": cannot be read: " + std::strerror(errno));
    return digest.text();
}

std::string text_hash(const std::string& text) {
    io::detail::Digest digest;
    digest.update(text.data(), text.size());
    return digest.text();
}

}  // namespace lacathode
