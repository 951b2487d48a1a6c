// Settings of a search's mass spectrum, and the bins and demands that follow from them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// Section "fit_background": spectra and functions.
struct SpectrumSettings {
    std::vector<double> efficiencies = {0.01, 0.003, 0.001};  ///< of background, declared
    double low = 2.8;        ///< range of the function, unit of the mass
    double high = 8;         ///< of the efficiency too
    double bin_width = 0.1;  ///< unit of the mass
    SpectrumShape shape = SpectrumShape::dijet;
    double scale = 13;  ///< of SpectrumFunction, unit of the mass
    std::size_t least_parameters = 4;
    std::size_t most_parameters = 5;
    double efficiency_low = 2.4;   ///< from where the efficiency (11.6) is fitted, at most `low`
    std::size_t least_degree = 2;  ///< of its polynomial
    std::size_t most_degree = 2;
    double level = 0.05;      ///< of the likelihood ratio for one parameter more
    std::size_t toys = 1000;  ///< of each goodness of fit
};

/// Background events of the reference above a cut: its efficiency is known to a third.
inline constexpr double least_of_reference = 10;

/// A sentence unless the signal region lies within the range, with a bin on both sides.
std::vector<std::string> range_misses(const SpectrumSettings& settings,
                                      const MassWindow& signal_region);
/// A sentence for each efficiency that `references` events, which `of` names, do not resolve:
/// fewer than `least` of them pass.
std::vector<std::string> efficiencies_miss(const SpectrumSettings& settings, std::size_t references,
                                           const std::string& of,
                                           double least = least_of_reference);

/// Bins of the given width or a little less, from the edges of the signal region outwards; the
/// range's ends are edges. Throws UsageError for what range_misses says.
std::vector<MassCell> mass_cells(const SpectrumSettings& settings, const MassWindow& signal_region);

/// The one of the cells that holds the mass, the lower edge included; their number outside.
std::size_t cell_of(double mass, const std::vector<MassCell>& cells);

/// Of the signal region alone.
std::vector<MassCell> signal_region_bins(const SpectrumSettings& settings,
                                         const MassWindow& signal_region);

}  // namespace lacathode
