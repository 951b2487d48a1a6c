// Events that are in two of the files of stage prepare, or twice in one.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// Throws InputError, naming the files, if an event of the events files `input` would count twice;
/// file_of_row [N] numbers the files. Copies have equal mass and features, and the same source_row:
/// in two files, or in one, where only folds keep them together (pseudo-data of bootstrap). Two
/// files that go back to a common source may number its rows otherwise; there the rows do not
/// matter.
void require_no_copies(const Prepare::Config& config, const RawInput& input,
                       const std::vector<std::size_t>& file_of_row);

/// The classifier would be judged by background that it was trained on: throws InputError if a file
/// of extra background is one of the input's, or goes back to a source that one of those does.
void refuse_shared_background(const RawInput& data, const RawInput& extra);

}  // namespace lacathode
