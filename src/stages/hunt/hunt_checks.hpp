// Whether what a hunt quotes can be trusted.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/hunt.hpp"

namespace lacathode {

/// A sentence for each quoted estimate that does not fit the sidebands (hunt.least_goodness) or
/// whose bias there exceeds hunt.largest_bias of its error, of which it is no part yet: statistics
/// and hunt.background_uncertainty.
std::vector<std::string> failures(const Hunt::Config& config, const MassSpectra& spectra,
                                  const std::vector<HuntedCut>& cuts);
/// A sentence for each further thing that a reader has to know: what could not be checked, and
/// approximations that the cut is beyond.
std::vector<std::string> cautions(const Hunt::Config& config, const MassSpectra& spectra,
                                  const std::vector<HuntedCut>& cuts);

}  // namespace lacathode
