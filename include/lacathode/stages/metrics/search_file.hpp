// What a search finds, as metrics files of the kinds "background" and "hunt" (docs/formats.md).
#pragma once

#include <vector>

#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/metrics/quantity.hpp"
#include "lacathode/stages/search/hunted_signal.hpp"
#include "lacathode/stages/search/mass_spectrum.hpp"

namespace lacathode {

inline constexpr const char* background_kind = "background";
inline constexpr const char* hunt_kind = "hunt";

/// Nothing of the signal region after a cut.
void write_background(OutputFile& file, const MassSpectra& spectra,
                      const BackgroundEstimates& estimates);
/// Expected events with their errors, and the p-value of each fit's goodness.
std::vector<Quantity> headline(const MassSpectra& spectra, const BackgroundEstimates& estimates);

/// The same with what was found; of the signal region only what is not blinded.
void write_hunt(OutputFile& file, const MassSpectra& spectra, const HuntResult& result);
/// Of the quoted estimate after each cut: expected events, goodness of the fit and limit, and once
/// unblinded signal, z, p and limit; the limits on a cross-section too where there is an exposure.
std::vector<Quantity> headline(const MassSpectra& spectra, const HuntResult& result);

/// The headline of a file of either kind.
std::vector<Quantity> read_background(const InputFile& file);
std::vector<Quantity> read_hunt(const InputFile& file);

}  // namespace lacathode
