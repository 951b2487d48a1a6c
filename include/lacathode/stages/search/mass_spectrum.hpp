// The mass spectrum of a search: events that pass a cut, in bins of which one is the signal region.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

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
