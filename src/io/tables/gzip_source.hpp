// Text that is compressed with gzip.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "io/tables/byte_source.hpp"

namespace lacathode::io::detail {

/// The first bytes of every gzip file.
inline constexpr std::string_view gzip_mark = "\x1f\x8b";

/// `file` stands at its beginning. Several members in a row (as `cat a.gz b.gz` makes them) are one
/// text; anything else behind the last one, but for zeros, is an error: it could be a damaged one.
std::unique_ptr<ByteSource> open_gzip(std::string path, std::ifstream file);

}  // namespace lacathode::io::detail
