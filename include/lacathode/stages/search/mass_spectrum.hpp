// The mass spectrum of a search: events that pass a cut, in bins of which one is the signal region.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/event_file.hpp"
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

/// The signal region of a spectrum, one of its cells, in bins.
struct SignalRegionBins {
    std::vector<MassCell> cells;               ///< [B]
    Matrix<double> counts;                     ///< [E, B] as MassSpectra::counts
    std::vector<std::vector<MassNode>> nodes;  ///< [B] all events, in finer bins
};

/// Counts of all events and of those that pass each cut; of events with weights their sums.
struct MassSpectra {
    Column mass;
    MassWindow signal_region;
    Method method;
    std::size_t reference_events;              ///< that the cuts' efficiencies stand on
    std::vector<MassCell> cells;               ///< [C] ascending, without gaps
    std::size_t signal_cell;                   ///< the signal region
    std::size_t first_of_function;             ///< the cells before it are for the efficiency only
    std::vector<double> efficiencies;          ///< [E] 1 first: no cut
    Matrix<double> counts;                     ///< [E, C]
    std::vector<std::vector<MassNode>> nodes;  ///< [C] all events, in finer bins
    SignalRegionBins bins;
    std::vector<double> true_signal;  ///< [E] labelled signal in the signal region; empty: no truth
    std::vector<double> scale = {};   ///< [E] c of docs/method.md (11.13); empty: no weights

    /// By which counts are divided before a Poisson fit: 1 where events have no weights.
    [[nodiscard]] double scale_of(std::size_t cut) const {
        return scale.empty() ? 1.0 : scale[cut];
    }
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

/// Throws InputError as read_spectra does where weights [N] of events of these masses [N] make a
/// bin count less than nothing before any cut; `source` names the events.
void require_spectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                      std::span<const double> masses, std::span<const float> weights,
                      const std::string& source);

/// Of the test events of an aligned scores file (lacathode-combine-folds); what is not mapped
/// passes no cut. Throws InputError if the scores are not aligned, UsageError as mass_cells does
/// and for what efficiencies_miss says. Throws InputError too where weights make a bin beside the
/// signal region, or all of them, count less than nothing.
MassSpectra read_spectra(const SpectrumSettings& settings, const EventReader& scores);

}  // namespace lacathode
