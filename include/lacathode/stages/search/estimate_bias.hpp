// How wrong an estimate of the background is where there is no signal (docs/method.md, section 11).
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/stages/search/background_estimate.hpp"

namespace lacathode {

/// A window of the sidebands, treated as if it were the signal region: left out of the fit and
/// compared with what the fit expects there. The signal region itself is left out too.
struct PseudoRegion {
    double low, high;  ///< unit of the mass
    double observed;
    double expected;
    double expected_error;  ///< of the fit
};

/// What the windows say together. Each window's fit knows the other windows, so that their
/// distances are anticorrelated: `relative` scatters less than `relative_error` says, about half as
/// much with a polynomial of degree 2, and `p_value` is below 1 % in some 2 % of spectra
/// (docs/method.md).
struct EstimateBias {
    std::vector<PseudoRegion> regions;
    double relative = 0;        ///< mean of (observed - expected) / expected, by their weights
    double relative_error = 0;  ///< statistical, as if the windows were independent
    double spread =
        0;  ///< standard deviation of it beyond the statistical error; 0 if there is none
    double p_value = 1;  ///< that the windows agree with the fits; of chi2, as if independent
};

/// Windows of the signal region's width, or a little more, that do not overlap, from its edges
/// outwards, each with at least `least` (effective) events expected and enough beside it for a fit.
/// Without any such window nothing is known: NaN.
EstimateBias estimate_bias(Estimate kind, const SpectrumSettings& settings,
                           const MassSpectra& spectra, std::size_t cut, double least);

}  // namespace lacathode
