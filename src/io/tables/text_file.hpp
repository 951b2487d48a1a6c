// Lines of a text file, plain or compressed with gzip, with memory for one of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/tables/byte_source.hpp"

namespace lacathode::io::detail {

class TextFile {
  public:
    /// Throws InputError if it cannot be opened.
    explicit TextFile(std::string path);

    [[nodiscard]] bool compressed() const { return source_->compressed(); }
    /// The next line without its newline, valid until the next call; nothing at the end. Throws
    /// InputError if reading fails (as ByteSource), or for a line that no table has.
    std::optional<std::string_view> next_line();
    /// Bytes of text before the next line.
    [[nodiscard]] std::uint64_t position() const { return filled_to_ - (end_ - begin_); }
    /// Goes on from a position() of before.
    void go_to(std::uint64_t position);

  private:
    /// More text into the empty buffer; false at the end.
    bool fill();
    /// Adds the rest of the buffer to a line that is longer than it.
    void set_aside();

    std::string path_;
    std::unique_ptr<ByteSource> source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;        ///< of the text in the buffer that is not delivered yet
    std::size_t end_ = 0;          ///< of the text in the buffer
    std::uint64_t filled_to_ = 0;  ///< position behind the buffer
    std::string line_;             ///< one that lies in more than one buffer
};

}  // namespace lacathode::io::detail
