#include "io/tables/text_file.hpp"

#include <cstring>

#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
// Some 800,000 numbers. What is longer is no table, and could be longer than the memory.
constexpr std::size_t longest_line = std::size_t{16} << 20;

}  // namespace

TextFile::TextFile(std::string path)
    : path_(std::move(path)), source_(ByteSource::open(path_)), buffer_(buffer_bytes) {}

std::optional<std::string_view> TextFile::next_line() {
    line_.clear();
    while (begin_ < end_ || fill()) {
        const char* text = buffer_.data() + begin_;
        const auto* newline = static_cast<const char*>(std::memchr(text, '\n', end_ - begin_));
        if (newline == nullptr) {
            set_aside();
            continue;
        }
        const auto length = static_cast<std::size_t>(newline - text);
        begin_ += length + 1;
        if (line_.empty()) return std::string_view(text, length);
        return line_.append(text, length);
    }
    if (line_.empty()) return std::nullopt;
    return line_;
}

void TextFile::go_to(std::uint64_t position) {
    source_->go_to(position);
    begin_ = end_ = 0;
    filled_to_ = position;
}

bool TextFile::fill() {
    begin_ = 0;
    end_ = source_->read(buffer_);
    filled_to_ += end_;
    return end_ > 0;
}

void TextFile::set_aside() {
    line_.append(buffer_.data() + begin_, end_ - begin_);
    begin_ = end_;
    if (line_.size() > longest_line) {
        throw InputError(path_ + ": a line is longer than " + std::to_string(longest_line >> 20) +
                         " MiB; is it a table in lines of text?");
    }
}

}  // namespace lacathode::io::detail
