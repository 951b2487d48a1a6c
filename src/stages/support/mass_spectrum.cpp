#include "lacathode/stages/support/mass_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/support/score_alignment.hpp"
#include "lacathode/stages/support/scored_events.hpp"

namespace lacathode {
namespace {

constexpr std::size_t block_rows = 65'536;
constexpr double least_of_reference = 10;  // events above a cut: its efficiency is known to a third
constexpr std::size_t nodes_of_cell = 16;

// Equal bins of at most that width from `from` to `to`.
void add_bins(std::vector<MassCell>& cells, double from, double to, double width) {
    if (!(to > from)) return;
    // A width that divides the range but for rounding shall not make a bin more.
    const auto count =
        static_cast<std::size_t>(std::max(1.0, std::ceil((to - from) / width - 1e-9)));
    for (std::size_t i = 0; i < count; ++i) {
        const double low = cells.empty() || i == 0 ? from : cells.back().high;
        const double share = static_cast<double>(i + 1) / static_cast<double>(count);
        cells.push_back({low, i + 1 == count ? to : from + share * (to - from)});
    }
}

std::size_t require_aligned(const EventReader& scores) {
    const std::size_t references = reference_events_of(scores.header());
    if (references > 0) return references;
    throw InputError(concat(scores.path(),
                            ": its scores are no background efficiencies, so that a cut would have "
                            "to be chosen on the data: give a file of lacathode-combine-folds"));
}

// Which cell or finer bin; cells.size() outside.
class Binning {
  public:
    explicit Binning(const std::vector<MassCell>& cells) : cells_(cells) {}

    // The signal region excludes its edges, everything else has the lower of its own.
    [[nodiscard]] std::size_t cell(double mass, const MassWindow& window) const {
        if (mass < cells_.front().low || mass >= cells_.back().high) return cells_.size();
        const auto above = std::ranges::upper_bound(cells_, mass, {}, &MassCell::low);
        const auto found = static_cast<std::size_t>(std::distance(cells_.begin(), above)) - 1;
        const bool on_edge = mass == window.low() && found > 0;
        return on_edge ? found - 1 : found;
    }
    [[nodiscard]] std::size_t node(double mass, std::size_t cell) const {
        const auto [low, high] = cells_[cell];
        const double place = (mass - low) / (high - low) * static_cast<double>(nodes_of_cell);
        return std::min(static_cast<std::size_t>(place), nodes_of_cell - 1);
    }

  private:
    const std::vector<MassCell>& cells_;
};

// Sums over the events of the finer bins of one cell.
using NodeSums = std::vector<MassNode>;

std::vector<std::vector<MassNode>> filled(const std::vector<NodeSums>& sums) {
    std::vector<std::vector<MassNode>> all;
    for (const NodeSums& cell : sums) {
        std::vector<MassNode>& nodes = all.emplace_back();
        for (const MassNode& sum : cell)
            if (sum.weight > 0) nodes.push_back({sum.mass / sum.weight, sum.weight});
    }
    return all;
}

}  // namespace

std::vector<std::string> range_misses(const SpectrumSettings& settings,
                                      const MassWindow& signal_region) {
    Problems found;
    found.unless(settings.low < signal_region.low() && signal_region.high() < settings.high,
                 "the signal region ", signal_region.text(),
                 " does not lie within the range of the fit, ", settings.low, " to ", settings.high,
                 ", with sidebands on both sides: set fit_background.low, efficiency_low and high");
    return found.take();
}

std::vector<std::string> efficiencies_miss(const SpectrumSettings& settings, std::size_t references,
                                           const std::string& of) {
    Problems found;
    for (const double efficiency : settings.efficiencies) {
        found.unless(efficiency * static_cast<double>(references) >= least_of_reference,
                     "fit_background.efficiencies has ", efficiency, ", of which ", of, " (",
                     references, " background events) would see fewer than ", least_of_reference,
                     ": use a looser cut, or more of them");
    }
    return found.take();
}

std::vector<MassCell> mass_cells(const SpectrumSettings& settings,
                                 const MassWindow& signal_region) {
    require_no_problems("fit of the spectrum", range_misses(settings, signal_region));
    std::vector<MassCell> cells;
    add_bins(cells, settings.efficiency_low, settings.low, settings.bin_width);
    add_bins(cells, settings.low, signal_region.low(), settings.bin_width);
    cells.push_back({signal_region.low(), signal_region.high()});
    add_bins(cells, signal_region.high(), settings.high, settings.bin_width);
    return cells;
}

MassSpectra read_spectra(const SpectrumSettings& settings, const EventReader& scores) {
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
                        .nodes = {}};
    require_no_problems("cuts", efficiencies_miss(settings, spectra.reference_events,
                                                  concat("the reference of ", scores.path())));
    const auto is_at = [](double low) {
        return [low](const MassCell& cell) { return cell.low == low; };
    };
    const auto index_of = [&](double low) {
        return static_cast<std::size_t>(
            std::distance(spectra.cells.begin(), std::ranges::find_if(spectra.cells, is_at(low))));
    };
    spectra.signal_cell = index_of(window.low());
    spectra.first_of_function = index_of(settings.low);
    spectra.efficiencies.insert(spectra.efficiencies.end(), settings.efficiencies.begin(),
                                settings.efficiencies.end());
    const std::size_t cuts = spectra.efficiencies.size();
    spectra.counts = Matrix<double>(cuts, spectra.cells.size());
    std::vector<NodeSums> sums(spectra.cells.size(), NodeSums(nodes_of_cell));
    const Binning binning(spectra.cells);
    for (std::size_t first = 0; first < scores.rows(); first += block_rows) {
        check_interrupt();
        const EventTable events = scores.read(first, block_rows);
        for (std::size_t row = 0; row < events.size(); ++row) {
            if (events.partition[row] != Partition::test) continue;
            const double mass = events.mass[row];
            const std::size_t cell = binning.cell(mass, window);
            if (cell == spectra.cells.size()) continue;
            MassNode& sum = sums[cell][binning.node(mass, cell)];
            sum.mass += mass;
            sum.weight += 1;
            ++spectra.counts(0, cell);
            if (!events.is_mapped(row)) continue;
            for (std::size_t cut = 1; cut < cuts; ++cut) {
                if (passes_cut(events.features(row, 0), spectra.efficiencies[cut]))
                    ++spectra.counts(cut, cell);
            }
        }
    }
    spectra.nodes = filled(sums);
    return spectra;
}

}  // namespace lacathode
