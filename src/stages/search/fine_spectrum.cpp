#include "lacathode/stages/search/fine_spectrum.hpp"

namespace lacathode {
namespace {

// What a model is made from.
struct FineCells {
    std::vector<MassCell> cells;
    std::vector<std::vector<MassNode>> nodes;
    std::vector<double> counts;
    std::vector<double> weights;
    CellRange signal_region;
};

void add_cell(FineCells& fine, const MassCell& cell, const std::vector<MassNode>& nodes,
              double count, double weight) {
    fine.cells.push_back(cell);
    fine.nodes.push_back(nodes);
    fine.counts.push_back(count);
    fine.weights.push_back(weight);
}

// The weights owe nothing to the counts of the signal region.
void add_signal_region(FineCells& fine, const BackgroundEstimate& estimate,
                       const MassSpectra& spectra, std::size_t cut) {
    const SignalRegionBins& bins = spectra.bins;
    const double share = 1.0 / static_cast<double>(bins.cells.size());
    fine.signal_region.first = fine.cells.size();
    for (std::size_t bin = 0; bin < bins.cells.size(); ++bin) {
        if (estimate.kind == Estimate::efficiency && bins.nodes[bin].empty()) continue;
        add_cell(fine, bins.cells[bin], bins.nodes[bin],
                 bins.counts(cut, bin) / spectra.scale_of(cut), share * estimate.expected());
    }
    fine.signal_region.last = fine.cells.size();
}

FineCells fine_cells(const BackgroundEstimate& estimate, const MassSpectra& spectra,
                     std::size_t cut) {
    FineCells fine;
    for (std::size_t i = 0; i < estimate.cells.size(); ++i) {
        if (i == estimate.signal_cell) {
            add_signal_region(fine, estimate, spectra, cut);
        } else {
            const std::size_t cell = estimate.cells[i];
            add_cell(fine, spectra.cells[cell], spectra.nodes[cell], estimate.counts[i],
                     estimate.counts[i]);
        }
    }
    return fine;
}

}  // namespace

std::vector<double> FineSpectrum::blinded() const {
    std::vector<double> all = counts;
    const SpectrumFit beside = model.fit(counts, {.left_out = signal_region});
    for (std::size_t cell = signal_region.first; cell < signal_region.last; ++cell)
        all[cell] = beside.expected[cell];
    return all;
}

FineSpectrum fine_spectrum(const BackgroundEstimate& estimate, const SpectrumSettings& settings,
                           const MassSpectra& spectra, std::size_t cut) {
    FineCells fine = fine_cells(estimate, spectra, cut);
    return {.model = spectrum_model(estimate.kind, settings, estimate.chosen.model.parameters(),
                                    fine.cells, fine.nodes, fine.weights),
            .counts = std::move(fine.counts),
            .signal_region = fine.signal_region};
}

}  // namespace lacathode
