#include "lacathode/stages/search/spectrum_settings.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "lacathode/core/problems.hpp"

namespace lacathode {
namespace {

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

}  // namespace lacathode
