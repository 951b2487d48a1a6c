// What docs/formats.md says of all formats: the version that is written and read, and names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

inline constexpr std::int64_t format_version = 1;

std::optional<FileFormat> format_of_name(const std::string& name);

/// Programs that write such files ("lacathode-prepare"), for who has none yet: others write some
/// too. A file's own is in its provenance.
std::string format_producer(FileFormat format);

}  // namespace lacathode::io::detail
