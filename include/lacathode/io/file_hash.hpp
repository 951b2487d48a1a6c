// The identity of a file that carries no content hash of its own.
#pragma once

#include <string>

namespace lacathode {

/// XXH3-128 of the bytes of any file, 32 hexadecimal digits: what the provenance records of a
/// user's own table. Throws InputError if it cannot be read.
std::string file_hash(const std::string& path);

/// The same of a text.
std::string text_hash(const std::string& text);

}  // namespace lacathode
