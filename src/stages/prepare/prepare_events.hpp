// Events files as the input of stage prepare.
#pragma once

#include <vector>

#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// Events files of these programs as they are, but for the split. source_row stays: copies of an
/// event keep together. Throws InputError for a feature that is missing, files that differ in
/// columns or units, or events without features, and as require_no_copies does.
RawInput read_event_files(const Prepare::Config& config, const std::vector<StageInput>& files);

}  // namespace lacathode
