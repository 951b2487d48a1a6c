// The panels of a study's figure.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/study.hpp"

namespace lacathode {

/// Why some of the panels, KIND, KIND@CHAINS or KIND@CHAINS/METHODS (docs/studies.md), cannot be
/// drawn of `chains`, all of the study; a sentence each.
std::vector<std::string> panel_problems(const std::vector<std::string>& panels,
                                        const std::vector<StudyChain>& chains);

}  // namespace lacathode
