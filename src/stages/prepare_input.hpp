// Reading the input of stage prepare: dijet features computed, or a user's columns taken.
#pragma once

#include <string>

#include "lacathode/core/provenance.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

struct RawInput {
    RawEvents events;
    InputRecord record;    ///< path and hash of the file
    std::size_t rows = 0;  ///< rows in the file
};

/// Reads `path` in blocks of rows.
RawInput read_raw_events(const PrepareConfig& config, const std::string& path,
                         const std::string& role);

}  // namespace lacathode
