// The bytes of a text file, whether it is compressed or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace lacathode::io::detail {

/// Bytes in order, with constant memory whatever the length of the file.
class ByteSource {
  public:
    /// Of the file as it is, or of what it holds if it is compressed with gzip, which its first
    /// bytes tell. Throws InputError if it cannot be opened.
    static std::unique_ptr<ByteSource> open(const std::string& path);

    virtual ~ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    [[nodiscard]] virtual bool compressed() const = 0;
    /// Fills `out` from the front; returns how many bytes there were, 0 at the end only. Throws
    /// InputError if reading fails, or the compressed data are damaged or cut off.
    virtual std::size_t read(std::span<char> out) = 0;
    /// Goes on from that byte, counted from the first. In a compressed file this unpacks again
    /// what lies before.
    virtual void go_to(std::uint64_t position) = 0;

  protected:
    ByteSource() = default;
};

}  // namespace lacathode::io::detail
