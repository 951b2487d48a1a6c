#include "io/file_seal.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>

#include "io/content_hash.hpp"
#include "io/input_checks.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::string_view first_line = "lacathode file, seal 1\n";
constexpr std::string_view length_line = "bytes ";
constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

std::string seal_text(std::size_t bytes, const std::string& digest) {
    std::string text(first_line);
    text += length_line;
    text += std::to_string(bytes) + "\nxxh3_128 " + digest + "\n";
    text.resize(seal_bytes - 1, ' ');
    return text + '\n';
}

// 0 if the seal is too damaged to tell.
std::size_t recorded_length(const std::string& seal) {
    std::size_t bytes = 0;
    const auto begin = first_line.size() + length_line.size();
    if (seal.size() > begin) std::from_chars(&seal[begin], seal.data() + seal.size(), bytes);
    return bytes;
}

// What a file must begin with to be taken for a sealed one; a file may also be cut off within it.
bool begins_as_sealed(const std::string& head) {
    const auto length = std::min(head.size(), first_line.size());
    return length > 0 && head.compare(0, length, first_line, 0, length) == 0;
}

// The first bytes, up to HDF5's signature behind a seal.
std::string read_head(std::istream& file) {
    std::string head(seal_bytes + signature.size(), '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    return head;
}

std::string difference(const std::string& recorded, const std::string& found) {
    if (recorded.size() < seal_bytes) return "is truncated: it ends within its first 512 bytes";
    const std::size_t expected = recorded_length(recorded);
    const std::size_t bytes = recorded_length(found);
    if (bytes < expected) {
        return "is truncated: it has " + std::to_string(bytes) + " bytes, not the " +
               std::to_string(expected) + " that were written";
    }
    return "its content has changed since it was written (the checksum of its bytes is not that in "
           "its seal)";
}

// A file that cannot be opened, as too many are, or read is none that is damaged.
std::ifstream opened(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw CannotOpen(path + ": cannot be opened: " + std::strerror(errno));
    return file;
}

void require_read(const std::istream& file, const std::string& path) {
    if (file.bad()) throw CannotOpen(path + ": cannot be read: " + std::strerror(errno));
}

SealCheck compare_seal(std::istream& file, const std::string& recorded) {
    const std::string found = make_seal(file);
    if (recorded == found) return {SealState::whole, ""};
    return {SealState::broken, difference(recorded, found)};
}

}  // namespace

std::string make_seal(std::istream& file) {
    file.clear();
    file.seekg(static_cast<std::streamoff>(seal_bytes));
    Digest digest;
    const std::size_t bytes = digest.update(file);
    return seal_text(seal_bytes + bytes, digest.text());
}

bool begins_with_seal(const std::string& path) {
    std::ifstream file = opened(path);
    const std::string head = read_head(file);
    require_read(file, path);
    return begins_as_sealed(head);
}

SealCheck check_seal(const std::string& path) {
    std::ifstream file = opened(path);
    const std::string head = read_head(file);
    if (head.starts_with(signature)) return {SealState::absent, ""};
    SealCheck result{SealState::no_hdf5, ""};
    if (begins_as_sealed(head)) {
        result = compare_seal(file, head.substr(0, seal_bytes));
    } else if (head.ends_with(signature)) {
        result = {SealState::broken,
                  "its first 512 bytes are damaged, or were written by another program"};
    }
    require_read(file, path);
    return result;
}

}  // namespace lacathode::io::detail
