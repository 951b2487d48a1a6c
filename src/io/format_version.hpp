// The version of docs/formats.md that is written and read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

inline constexpr std::int64_t format_version = 1;

std::optional<FileFormat> format_of_name(const std::string& name);

}  // namespace lacathode::io::detail
