// Reading the input of stage prepare: dijet features computed, or a user's columns taken.
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// The files that the patterns mean, with their roles ROLE, ROLE_2, ROLE_3, ... Throws InputError
/// for a pattern that matches none.
std::vector<StageInput> input_files(const FilePatterns& patterns, const std::string& role);

/// Reads the files as one table, in blocks of rows; all of them are checked before. Throws
/// InputError if one cannot be read, has other columns than the first, or is the same as another.
RawInput read_raw_events(const Prepare::Config& config, const std::vector<StageInput>& files);

}  // namespace lacathode
