// A spectrum with the signal region in bins: what a signal's shape and a bump anywhere are sought
// in.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/stages/search/background_estimate.hpp"

namespace lacathode {

/// The function of an estimate, prepared for the fine cells.
struct FineSpectrum {
    SpectrumModel model;
    std::vector<double> counts;  ///< [F] as the estimate's, the signal region in bins
    CellRange signal_region;     ///< its bins

    /// The counts with the signal region as the cells beside it expect it.
    [[nodiscard]] std::vector<double> blinded() const;
};

/// Of as many parameters as `estimate` has. Of the efficiency, bins without any event before the
/// cut are left out.
FineSpectrum fine_spectrum(const BackgroundEstimate& estimate, const SpectrumSettings& settings,
                           const MassSpectra& spectra, std::size_t cut);

}  // namespace lacathode
