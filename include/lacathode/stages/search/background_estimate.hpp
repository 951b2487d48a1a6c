// How many background events a search expects in the signal region (docs/method.md, section 11).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/search/mass_spectrum.hpp"
#include "lacathode/stats/excess_test.hpp"
#include "lacathode/stats/spectrum_choice.hpp"

namespace lacathode {

/// What the background is expected from.
enum class Estimate {
    spectrum,   ///< a smooth function of m through the events that pass the cut
    efficiency  ///< a smooth fraction of all events, which show no signal: times their number
};
inline constexpr Estimate estimates[] = {Estimate::spectrum, Estimate::efficiency};
inline constexpr const char* estimate_names[] = {"spectrum", "efficiency"};
std::string estimate_name(Estimate estimate);

/// One estimate after one cut: fitted to the sidebands alone. Of events with weights its numbers
/// are of effective events, until in_events() multiplies them by the scale.
struct BackgroundEstimate {
    Estimate kind;
    std::vector<std::size_t> cells;  ///< [M] of the spectra's cells, those that it has
    std::size_t signal_cell;         ///< position of the signal region among them
    std::vector<double> counts;      ///< [M] events that pass, in the signal region too
    ChosenSpectrum chosen;           ///< model and fit over these cells
    double deviance = 0;             ///< (11.3) of the sidebands
    std::size_t degrees_of_freedom = 0;
    ToyProbability goodness = {};  ///< of this deviance
    double scale = 1;              ///< events that an effective one stands for (11.13)

    [[nodiscard]] double expected() const { return chosen.fit.expected[signal_cell]; }
    [[nodiscard]] double expected_error() const;
};

/// An estimate in effective events as one in events.
BackgroundEstimate in_events(BackgroundEstimate estimate);

/// [E] of each cut, by each estimate that could be made: without a cut by the spectrum alone.
using BackgroundEstimates = std::vector<std::vector<BackgroundEstimate>>;

inline Estimate kind_of(const BackgroundEstimate& estimate) noexcept {
    return estimate.kind;
}

/// The one of that kind after a cut, of BackgroundEstimates or what is made of them; null where it
/// was not made: without a cut that of the efficiency, or a fit that does not converge.
template <class Made>
const Made* of_kind(const std::vector<Made>& of_cut, Estimate kind) {
    const auto found =
        std::ranges::find_if(of_cut, [kind](const Made& one) { return kind_of(one) == kind; });
    return found == of_cut.end() ? nullptr : &*found;
}

/// The function of an estimate over these cells. `nodes` [C]: all events there, for the efficiency;
/// `weights` [C] as of SpectrumModel.
SpectrumModel spectrum_model(Estimate kind, const SpectrumSettings& settings,
                             std::size_t parameters, const std::vector<MassCell>& cells,
                             const std::vector<std::vector<MassNode>>& nodes,
                             std::span<const double> weights);

/// What `work` returns; its NumericalError names the cut and the estimate.
template <class Work>
auto naming_cut(const MassSpectra& spectra, std::size_t cut, Estimate kind, const Work& work) {
    try {
        return work();
    } catch (const NumericalError& error) {
        throw NumericalError(concat("at the background efficiency ", spectra.efficiencies[cut],
                                    ", estimate by ", estimate_name(kind), ": ", error.what()));
    }
}

/// `cut`: row of spectra.counts, not 0 for Estimate::efficiency. Throws NumericalError that names
/// the cut if a fit does not converge, for instance as too few events pass. In effective events.
BackgroundEstimate estimate_background(Estimate kind, const SpectrumSettings& settings,
                                       const MassSpectra& spectra, std::size_t cut,
                                       const RandomStream& stream, int threads);

/// A third number: the cut's efficiency on the reference times the events in the signal region.
struct ReferenceEstimate {
    double expected;
    double error;  ///< of counting one reference; each fold has one, whose cuts share it in part
};
ReferenceEstimate reference_estimate(const MassSpectra& spectra, std::size_t cut);

}  // namespace lacathode
