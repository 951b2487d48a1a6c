#include "lacathode/stages/search/background_estimate.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/values_at.hpp"

namespace lacathode {
namespace {

// The cells of the estimate; those without events have no efficiency.
std::vector<std::size_t> cells_of(Estimate kind, const MassSpectra& spectra) {
    std::vector<std::size_t> cells;
    const std::size_t first = kind == Estimate::spectrum ? spectra.first_of_function : 0;
    for (std::size_t cell = first; cell < spectra.cells.size(); ++cell)
        if (kind == Estimate::spectrum || !spectra.nodes[cell].empty()) cells.push_back(cell);
    return cells;
}

// The signal region's position among them; a sum over one side alone would be no estimate.
std::size_t signal_cell_among(const std::vector<std::size_t>& cells, const MassSpectra& spectra) {
    const auto found = std::ranges::find(cells, spectra.signal_cell);
    if (found == cells.begin() || found == cells.end() || found + 1 == cells.end())
        throw NumericalError(
            "no event in the signal region, or none on one side of it between fit_background.low "
            "and high: choose a range that has events");
    return static_cast<std::size_t>(found - cells.begin());
}

void require_bins(std::size_t bins, std::size_t parameters) {
    if (bins > parameters) return;
    throw NumericalError(concat("only ", bins,
                                " bins of fit_background.bin_width have events, for ", parameters,
                                " parameters: use narrower bins or fewer parameters"));
}

// Effective events after the cut. Those of the signal region may be blinded.
std::vector<double> counts_in(const std::vector<std::size_t>& cells, const MassSpectra& spectra,
                              std::size_t cut) {
    std::vector<double> counts;
    for (const std::size_t cell : cells) {
        const double count = spectra.counts(cut, cell);
        if (count < 0 && cell != spectra.signal_cell) {
            const auto& [low, high] = spectra.cells[cell];
            throw NumericalError(concat(
                "the weights of the events between the masses ", low, " and ", high, " add up to ",
                count, ", less than nothing: use wider bins (fit_background.bin_width)"));
        }
        counts.push_back(count / spectra.scale_of(cut));
    }
    return counts;
}

// About the counts, without those of the signal region: half of its neighbours' sum.
std::vector<double> weights_of(const std::vector<double>& counts, std::size_t signal_cell) {
    std::vector<double> weights = counts;
    weights[signal_cell] = 0.5 * (counts[signal_cell - 1] + counts[signal_cell + 1]);
    return weights;
}

}  // namespace

std::string estimate_name(Estimate estimate) {
    return estimate_names[static_cast<std::size_t>(estimate)];
}

SpectrumModel spectrum_model(Estimate kind, const SpectrumSettings& settings,
                             std::size_t parameters, const std::vector<MassCell>& cells,
                             const std::vector<std::vector<MassNode>>& nodes,
                             std::span<const double> weights) {
    if (kind == Estimate::spectrum) {
        return {SpectrumFunction(settings.shape, parameters, settings.scale), cells, weights};
    }
    return {SpectrumFunction(SpectrumShape::log_polynomial, parameters, settings.scale), cells,
            nodes, weights};
}

double BackgroundEstimate::expected_error() const {
    return std::sqrt(expected_variance(chosen.fit, signal_cell));
}

BackgroundEstimate in_events(BackgroundEstimate estimate) {
    const auto multiply = [&estimate](auto&& values) {
        for (double& value : values) value *= estimate.scale;
    };
    multiply(estimate.counts);
    multiply(estimate.chosen.fit.expected);
    multiply(estimate.chosen.fit.jacobian.values());
    return estimate;
}

BackgroundEstimate estimate_background(Estimate kind, const SpectrumSettings& settings,
                                       const MassSpectra& spectra, std::size_t cut,
                                       const RandomStream& stream, int threads) {
    expects(kind == Estimate::spectrum || cut > 0, "an efficiency is that of a cut");
    const std::vector<std::size_t> cells = cells_of(kind, spectra);
    const bool of_spectrum = kind == Estimate::spectrum;
    const std::size_t least = of_spectrum ? settings.least_parameters : settings.least_degree + 1;
    const std::size_t most = of_spectrum ? settings.most_parameters : settings.most_degree + 1;
    return naming_cut(spectra, cut, kind, [&] {
        const std::size_t signal_cell = signal_cell_among(cells, spectra);
        require_bins(cells.size(), least);
        const std::vector<double> counts = counts_in(cells, spectra, cut);
        const std::vector<double> weights = weights_of(counts, signal_cell);
        const CellRange left_out = CellRange::one(signal_cell);
        BackgroundEstimate estimate{.kind = kind,
                                    .cells = cells,
                                    .signal_cell = signal_cell,
                                    .counts = counts,
                                    .chosen = choose_spectrum(
                                        [&](std::size_t parameters) {
                                            return spectrum_model(kind, settings, parameters,
                                                                  values_at(spectra.cells, cells),
                                                                  values_at(spectra.nodes, cells),
                                                                  weights);
                                        },
                                        counts, left_out, least, most, settings.level)};
        const ChosenSpectrum& chosen = estimate.chosen;
        estimate.deviance = saturated_deviance(counts, chosen.fit, left_out);
        estimate.scale = spectra.scale_of(cut);
        estimate.degrees_of_freedom = cells.size() - 1 - chosen.model.parameters();
        // Where no freedom is left the fit is through every count, but for rounding.
        if (settings.toys > 0 && estimate.degrees_of_freedom > 0) {
            estimate.goodness =
                toy_goodness(chosen.model, chosen.fit, counts, left_out,
                             static_cast<std::int64_t>(settings.toys), stream, threads);
        }
        return estimate;
    });
}

ReferenceEstimate reference_estimate(const MassSpectra& spectra, std::size_t cut) {
    const double efficiency = spectra.efficiencies[cut];
    const double events = spectra.counts(0, spectra.signal_cell);
    const auto references = static_cast<double>(spectra.reference_events);
    return {efficiency * events, events * std::sqrt(efficiency * (1 - efficiency) / references)};
}

}  // namespace lacathode
