#include "lacathode/stages/search/mass_spectrum.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "stages/search/spectrum_counter.hpp"

namespace lacathode {
namespace {

std::size_t require_aligned(const EventReader& scores) {
    const std::size_t references = reference_events_of(scores.header());
    if (references > 0) return references;
    throw InputError(concat(scores.path(),
                            ": its scores are no background efficiencies, so that a cut would have "
                            "to be chosen on the data: give a file of lacathode-combine-folds"));
}

// (11.13) of each cut, from the cells beside the signal region alone, which may be blinded.
std::vector<double> scales_of(const MassSpectra& spectra, const Matrix<double>& squares) {
    std::vector<double> scales;
    for (std::size_t cut = 0; cut < spectra.counts.rows(); ++cut) {
        double sum = 0;
        double sum_of_squares = 0;
        for (std::size_t cell = 0; cell < spectra.cells.size(); ++cell) {
            if (cell == spectra.signal_cell) continue;
            sum += spectra.counts(cut, cell);
            sum_of_squares += squares(cut, cell);
        }
        scales.push_back(sum > 0 ? sum_of_squares / sum : 1);
    }
    return scales;
}

// Those of the settings and the file's header, without an event.
MassSpectra empty_spectra(const SpectrumSettings& settings, const EventReader& scores) {
    const MassWindow& window = scores.header().signal_region;
    MassSpectra spectra{.mass = scores.header().mass,
                        .signal_region = window,
                        .method = method_of(scores),
                        .reference_events = require_aligned(scores),
                        .cells = mass_cells(settings, window),
                        .signal_cell = 0,
                        .first_of_function = 0,
                        .efficiencies = {1},
                        .counts = {},
                        .nodes = {},
                        .bins = {},
                        .true_signal = {}};
    // Of the reference that was asked for, a few may not be mapped, which nobody knew before.
    constexpr double mapped = 0.99;
    require_no_problems("cuts", efficiencies_miss(settings, spectra.reference_events,
                                                  concat("the reference of ", scores.path()),
                                                  mapped * least_of_reference));
    const auto index_of = [&](double low) {
        return static_cast<std::size_t>(std::ranges::find(spectra.cells, low, &MassCell::low) -
                                        spectra.cells.begin());
    };
    spectra.signal_cell = index_of(window.low());
    spectra.first_of_function = index_of(settings.low);
    spectra.bins.cells = signal_region_bins(settings, window);
    spectra.efficiencies.insert(spectra.efficiencies.end(), settings.efficiencies.begin(),
                                settings.efficiencies.end());
    if (scores.header().has_label) spectra.true_signal.assign(spectra.efficiencies.size(), 0);
    return spectra;
}

// [E] 1 for a cut that the event passes; the first is none.
std::vector<double> cuts_passed(const EventTable& events, std::size_t row,
                                const std::vector<double>& efficiencies) {
    std::vector<double> passed(efficiencies.size());
    passed[0] = 1;
    for (std::size_t cut = 1; cut < passed.size() && events.is_mapped(row); ++cut)
        passed[cut] = passes_cut(events.features(row, 0), efficiencies[cut]);
    return passed;
}

}  // namespace

void require_spectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                      std::span<const double> masses, std::span<const float> weights,
                      const std::string& source) {
    const std::vector<MassCell> cells = mass_cells(settings, signal_region);
    const std::vector<MassCell> bins = signal_region_bins(settings, signal_region);
    const std::vector<double> no_cut = {1};
    SpectrumCounter counter(signal_region, cells, bins, no_cut.size());
    for (std::size_t i = 0; i < masses.size(); ++i)
        counter.add(masses[i], double{weights[i]}, no_cut);
    (void)counter.all().nodes(source);
    (void)counter.inside().nodes(source);
}

MassSpectra read_spectra(const SpectrumSettings& settings, const EventReader& scores) {
    MassSpectra spectra = empty_spectra(settings, scores);
    SpectrumCounter counter(spectra.signal_region, spectra.cells, spectra.bins.cells,
                            spectra.efficiencies.size());
    const auto add = [&](const EventTable& events, std::size_t row) {
        const std::vector<double> passed = cuts_passed(events, row, spectra.efficiencies);
        const double weight = events.weight_of(row);
        const bool inside = counter.add(events.mass[row], weight, passed);
        if (!inside || !events.has_label() || events.label[row] != 1) return;
        for (std::size_t cut = 0; cut < passed.size(); ++cut)
            spectra.true_signal[cut] += weight * passed[cut];
    };
    for (const EventTable& events : scores.blocks()) {
        for (std::size_t row = 0; row < events.size(); ++row) {
            if (events.partition[row] == Partition::test) add(events, row);
        }
    }
    spectra.counts = counter.all().counts();
    spectra.nodes = counter.all().nodes(scores.path());
    spectra.bins.counts = counter.inside().counts();
    spectra.bins.nodes = counter.inside().nodes(scores.path());
    if (scores.header().has_weight) spectra.scale = scales_of(spectra, counter.all().squares());
    return spectra;
}

}  // namespace lacathode
