// Reading the input of stage prepare: dijet features computed, or a user's columns taken.
#pragma once

#include <string>

#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// Reads `path` in blocks of rows.
RawInput read_raw_events(const Prepare::Config& config, const std::string& path,
                         const std::string& role);

}  // namespace lacathode
