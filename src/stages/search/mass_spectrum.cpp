#include "lacathode/stages/search/mass_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/scored_events.hpp"

namespace lacathode {
namespace {

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

// The signal region excludes its edges, everything else has the lower of its own.
std::size_t cell_beside(const MassWindow& window, double mass, const std::vector<MassCell>& cells) {
    const std::size_t found = cell_of(mass, cells);
    const bool on_edge = mass == window.low() && found > 0 && found < cells.size();
    return on_edge ? found - 1 : found;
}

[[noreturn]] void refuse_negative_bin(const MassCell& cell, const std::string& source) {
    throw InputError(concat(source, ": the weights between the masses ", cell.low, " and ",
                            cell.high,
                            " do not add up to a spectrum: events of negative weights "
                            "outweigh the others; use wider bins (fit_background.bin_width)"));
}

// Counts of each cut, and all events in finer bins.
class SpectrumCounter {
  public:
    SpectrumCounter(const std::vector<MassCell>& cells, std::size_t cuts)
        : cells_(cells),
          counts_(cuts, cells.size()),
          squares_(cuts, cells.size()),
          sums_(cells.size() * nodes_of_cell) {}

    // `passed` [E]: 1 for a cut that the event passes.
    void add(std::size_t cell, double mass, double weight, const std::vector<double>& passed) {
        MassNode& sum = sums_[cell * nodes_of_cell + finer_bin(mass, cell)];
        sum.mass += weight * mass;
        sum.weight += weight;
        for (std::size_t cut = 0; cut < passed.size(); ++cut) {
            counts_(cut, cell) += weight * passed[cut];
            squares_(cut, cell) += weight * weight * passed[cut];
        }
    }
    [[nodiscard]] const Matrix<double>& counts() const noexcept { return counts_; }
    // Sums of squared weights. [E, C]
    [[nodiscard]] const Matrix<double>& squares() const noexcept { return squares_; }
    // Those with events, at their mean mass. One of no positive weight joins the next one. Throws
    // InputError if a cell's weights add up to less than nothing.
    [[nodiscard]] std::vector<std::vector<MassNode>> nodes(const std::string& source) const {
        std::vector<std::vector<MassNode>> all;
        for (std::size_t cell = 0; cell < cells_.size(); ++cell)
            all.push_back(nodes_of(cell, source));
        return all;
    }

  private:
    [[nodiscard]] std::vector<MassNode> nodes_of(std::size_t cell,
                                                 const std::string& source) const {
        std::vector<MassNode> sums;
        MassNode open{0, 0};
        for (std::size_t i = cell * nodes_of_cell; i < (cell + 1) * nodes_of_cell; ++i) {
            open = {open.mass + sums_[i].mass, open.weight + sums_[i].weight};
            if (open.weight > 0) sums.push_back(std::exchange(open, {0, 0}));
        }
        while (open.weight < 0 && !sums.empty()) {
            open = {open.mass + sums.back().mass, open.weight + sums.back().weight};
            sums.pop_back();
        }
        if (open.weight < 0) refuse_negative_bin(cells_[cell], source);
        if (open.weight > 0) sums.push_back(open);
        for (MassNode& sum : sums) {
            sum.mass /= sum.weight;
            if (!lies_in(cells_[cell], sum.mass)) refuse_negative_bin(cells_[cell], source);
        }
        return sums;
    }
    // But for rounding; a mean with negative weights may lie anywhere.
    static bool lies_in(const MassCell& cell, double mass) {
        const double rounding = 1e-9 * (cell.high - cell.low);
        return cell.low - rounding <= mass && mass <= cell.high + rounding;
    }
    [[nodiscard]] std::size_t finer_bin(double mass, std::size_t cell) const {
        const auto [low, high] = cells_[cell];
        const double place = (mass - low) / (high - low) * static_cast<double>(nodes_of_cell);
        return std::min(static_cast<std::size_t>(place), nodes_of_cell - 1);
    }

    const std::vector<MassCell>& cells_;
    Matrix<double> counts_;
    Matrix<double> squares_;
    std::vector<MassNode> sums_;  // of weights, and of masses times weights
};

// (11.13) of each cut, from the cells beside the signal region alone, which may be blinded.
std::vector<double> scales_of(const MassSpectra& spectra, const Matrix<double>& squares,
                              const std::string& source) {
    std::vector<double> scales;
    for (std::size_t cut = 0; cut < spectra.counts.rows(); ++cut) {
        double sum = 0;
        double sum_of_squares = 0;
        for (std::size_t cell = 0; cell < spectra.cells.size(); ++cell) {
            if (cell == spectra.signal_cell) continue;
            if (spectra.counts(cut, cell) < 0) refuse_negative_bin(spectra.cells[cell], source);
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

// The cells of a search, and the bins of the one that is the signal region.
class SpectraCounter {
  public:
    SpectraCounter(const MassWindow& signal_region, const std::vector<MassCell>& cells,
                   const std::vector<MassCell>& bins, std::size_t cuts)
        : signal_region_(signal_region),
          cells_(cells),
          bins_(bins),
          all_(cells, cuts),
          inside_(bins, cuts) {}

    // Whether the event lies in the signal region.
    bool add(double mass, double weight, const std::vector<double>& passed) {
        const std::size_t cell = cell_beside(signal_region_, mass, cells_);
        if (cell == cells_.size()) return false;
        all_.add(cell, mass, weight, passed);
        if (cells_[cell].low != signal_region_.low()) return false;
        inside_.add(cell_of(mass, bins_), mass, weight, passed);
        return true;
    }
    [[nodiscard]] const SpectrumCounter& all() const noexcept { return all_; }
    [[nodiscard]] const SpectrumCounter& inside() const noexcept { return inside_; }

  private:
    MassWindow signal_region_;
    const std::vector<MassCell>& cells_;
    const std::vector<MassCell>& bins_;
    SpectrumCounter all_;
    SpectrumCounter inside_;
};

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
                                           const std::string& of, double least) {
    Problems found;
    for (const double efficiency : settings.efficiencies) {
        found.unless(efficiency * static_cast<double>(references) >= least,
                     "fit_background.efficiencies has ", efficiency, ", of which ", of, " (",
                     references, " background events) would see fewer than ", least,
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

std::size_t cell_of(double mass, const std::vector<MassCell>& cells) {
    if (mass < cells.front().low || mass >= cells.back().high) return cells.size();
    const auto above = std::ranges::upper_bound(cells, mass, {}, &MassCell::low);
    return static_cast<std::size_t>(std::distance(cells.begin(), above)) - 1;
}

std::vector<MassCell> signal_region_bins(const SpectrumSettings& settings,
                                         const MassWindow& signal_region) {
    std::vector<MassCell> bins;
    add_bins(bins, signal_region.low(), signal_region.high(), settings.bin_width);
    return bins;
}

void require_spectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                      std::span<const double> masses, std::span<const float> weights,
                      const std::string& source) {
    const std::vector<MassCell> cells = mass_cells(settings, signal_region);
    const std::vector<MassCell> bins = signal_region_bins(settings, signal_region);
    const std::vector<double> no_cut = {1};
    SpectraCounter counter(signal_region, cells, bins, no_cut.size());
    for (std::size_t i = 0; i < masses.size(); ++i)
        counter.add(masses[i], double{weights[i]}, no_cut);
    (void)counter.all().nodes(source);
    (void)counter.inside().nodes(source);
}

MassSpectra read_spectra(const SpectrumSettings& settings, const EventReader& scores) {
    MassSpectra spectra = empty_spectra(settings, scores);
    SpectraCounter counter(spectra.signal_region, spectra.cells, spectra.bins.cells,
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
    if (scores.header().has_weight)
        spectra.scale = scales_of(spectra, counter.all().squares(), scores.path());
    return spectra;
}

}  // namespace lacathode
