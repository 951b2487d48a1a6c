// The content of one file as a part of another.
#pragma once

#include <string>

#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {

/// All arrays and attributes of `from` below `group` of `to`, without its provenance, format and
/// version.
void copy_content(const InputFile& from, OutputFile& to, const std::string& group);

}  // namespace lacathode
