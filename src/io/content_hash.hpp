// The content hash of docs/formats.md: one digest of all arrays and attributes outside /provenance.
#pragma once

#include <xxhash.h>

#include <iosfwd>
#include <map>
#include <memory>
#include <string>

#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

/// XXH3-128 of a stream of bytes.
class Digest {
  public:
    Digest();
    void update(const void* bytes, std::size_t count);
    /// All that is left in the stream; returns the number of bytes. bad() tells of a failure.
    std::size_t update(std::istream& stream);
    /// 32 hexadecimal digits of what has come so far.
    [[nodiscard]] std::string text() const;

  private:
    struct Free {
        void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Free> state_;
};

/// Collects objects in any order; the result depends on their sorted full names alone.
class ContentHash {
  public:
    /// A dataset: full name, type, shape, digest of its row-major little-endian bytes.
    void add(const std::string& name, const std::string& type, const Shape& shape,
             const Digest& bytes);
    /// An attribute of `object`; its full name is OBJECT@NAME.
    void add(const std::string& object, const std::string& name, const AttributeValue& value);
    /// Something that our files never hold: makes the hash differ.
    void add_foreign(const std::string& name);
    [[nodiscard]] std::string text() const;

  private:
    /// A dataset /@format has the full name of the attribute `format` of the file: both count.
    std::multimap<std::string, std::string> lines_;
};

/// Members of /provenance are left out of the hash.
bool is_provenance(const std::string& object);

}  // namespace lacathode::io::detail
