// Spectra of a power law, and cuts of known efficiency, for the tests of a search.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "lacathode/stages/search/mass_spectrum.hpp"

namespace lacathode::test {

inline MassWindow falling_window() {
    return {3.3, 3.7};
}

/// Of P(m > x) = (2.4 / x)^6 of so many events beyond 2.4: eight nodes.
inline std::vector<MassNode> falling_nodes(double events, double low, double high) {
    std::vector<MassNode> nodes;
    for (int i = 0; i < 8; ++i) {
        const double from = low + i * (high - low) / 8;
        const double to = low + (i + 1) * (high - low) / 8;
        nodes.push_back(
            {0.5 * (from + to), events * (std::pow(from / 2.4, -6) - std::pow(to / 2.4, -6))});
    }
    return nodes;
}

inline double content_of(const std::vector<MassNode>& nodes) {
    double sum = 0;
    for (const MassNode& node : nodes) sum += node.weight;
    return sum;
}

/// P(m > x) = (2.4 / x)^6 of so many events beyond 2.4, in cells of eight nodes; no event passes
/// the one cut, of 1 %, yet.
inline MassSpectra falling_spectra(double events, const SpectrumSettings& settings) {
    const MassWindow window = falling_window();
    MassSpectra spectra{.mass = {"m", "TeV"},
                        .signal_region = window,
                        .method = Method::lacathode,
                        .reference_events = 1'000'000,
                        .cells = mass_cells(settings, window),
                        .signal_cell = 0,
                        .first_of_function = 0,
                        .efficiencies = {1, 0.01},
                        .counts = {},
                        .nodes = {},
                        .bins = {},
                        .true_signal = {}};
    spectra.counts = Matrix<double>(2, spectra.cells.size());
    for (std::size_t cell = 0; cell < spectra.cells.size(); ++cell) {
        const auto [low, high] = spectra.cells[cell];
        if (low == window.low()) spectra.signal_cell = cell;
        if (low == settings.low) spectra.first_of_function = cell;
        spectra.nodes.push_back(falling_nodes(events, low, high));
        spectra.counts(0, cell) = content_of(spectra.nodes.back());
    }
    spectra.bins.cells = signal_region_bins(settings, window);
    spectra.bins.counts = Matrix<double>(2, spectra.bins.cells.size());
    for (std::size_t bin = 0; bin < spectra.bins.cells.size(); ++bin) {
        const auto [low, high] = spectra.bins.cells[bin];
        spectra.bins.nodes.push_back(falling_nodes(events, low, high));
        spectra.bins.counts(0, bin) = content_of(spectra.bins.nodes.back());
    }
    return spectra;
}

using Efficiency = double (*)(double);

/// [C] events of each cell that pass a cut of that efficiency.
inline std::vector<double> passing(const MassSpectra& spectra, Efficiency efficiency) {
    std::vector<double> expected;
    for (const std::vector<MassNode>& cell : spectra.nodes) {
        double sum = 0;
        for (const MassNode& node : cell) sum += node.weight * efficiency(node.mass);
        expected.push_back(sum);
    }
    return expected;
}

inline void set_counts(MassSpectra& spectra, const std::vector<double>& counts) {
    std::ranges::copy(counts, spectra.counts.row(1).begin());
}

}  // namespace lacathode::test
