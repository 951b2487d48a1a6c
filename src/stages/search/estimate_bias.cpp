#include "lacathode/stages/search/estimate_bias.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/gamma_distribution.hpp"

namespace lacathode {
namespace {

// The cells first ... last of the spectra.
struct Window {
    std::size_t first;
    std::size_t last;
};

double width_of(const MassSpectra& spectra, const Window& window) {
    return spectra.cells[window.last].high - spectra.cells[window.first].low;
}

// From `next` on in steps of `step` (1 or -1), as far as the cells reach.
std::vector<Window> windows_beside(const MassSpectra& spectra, std::ptrdiff_t next,
                                   std::ptrdiff_t step, std::ptrdiff_t first) {
    constexpr double rounding = 1e-9;
    const double wanted = spectra.signal_region.high() - spectra.signal_region.low();
    const auto end = static_cast<std::ptrdiff_t>(spectra.cells.size());
    std::vector<Window> windows;
    std::ptrdiff_t begin = next;
    for (; next >= first && next < end; next += step) {
        const Window window{static_cast<std::size_t>(std::min(begin, next)),
                            static_cast<std::size_t>(std::max(begin, next))};
        if (width_of(spectra, window) < wanted - rounding) continue;
        windows.push_back(window);
        begin = next + step;
    }
    return windows;
}

// The spectra without the signal region, the window as one cell in its place.
MassSpectra with_window(const MassSpectra& spectra, const Window& window) {
    MassSpectra changed = spectra;
    changed.cells.clear();
    changed.nodes.clear();
    std::vector<std::vector<double>> columns;
    const auto column = [&](std::size_t cell) {
        std::vector<double> values;
        for (std::size_t cut = 0; cut < spectra.efficiencies.size(); ++cut)
            values.push_back(spectra.counts(cut, cell));
        return values;
    };
    for (std::size_t cell = 0; cell < spectra.cells.size(); ++cell) {
        if (cell == spectra.signal_cell) continue;
        if (cell == spectra.first_of_function) changed.first_of_function = columns.size();
        if (cell > window.first && cell <= window.last) {
            std::vector<double>& sum = columns.back();
            const std::vector<double> more = column(cell);
            std::ranges::transform(sum, more, sum.begin(), std::plus());
            changed.cells.back().high = spectra.cells[cell].high;
            changed.nodes.back().insert(changed.nodes.back().end(), spectra.nodes[cell].begin(),
                                        spectra.nodes[cell].end());
            continue;
        }
        if (cell == window.first) changed.signal_cell = columns.size();
        changed.cells.push_back(spectra.cells[cell]);
        changed.nodes.push_back(spectra.nodes[cell]);
        columns.push_back(column(cell));
    }
    changed.counts = Matrix<double>(spectra.efficiencies.size(), columns.size());
    for (std::size_t cell = 0; cell < columns.size(); ++cell) {
        for (std::size_t cut = 0; cut < spectra.efficiencies.size(); ++cut)
            changed.counts(cut, cell) = columns[cell][cut];
    }
    return changed;
}

bool has_events(const MassSpectra& spectra, std::size_t first, std::size_t end) {
    for (std::size_t cell = first; cell < end; ++cell)
        if (cell != spectra.signal_cell && !spectra.nodes[cell].empty()) return true;
    return false;
}

// At an end of the range, or of the events, there would be nothing to fit on one side.
bool lies_between_events(const MassSpectra& spectra, const Window& window, std::size_t first) {
    return has_events(spectra, first, window.first) &&
           has_events(spectra, window.first, window.last + 1) &&
           has_events(spectra, window.last + 1, spectra.cells.size());
}

// Of weights 1 / variance.
void summarise(EstimateBias& bias) {
    double weights = 0;
    double chi2 = 0;
    double excess = 0;  // of the variance, weighted
    for (const PseudoRegion& region : bias.regions) {
        const double distance = (region.observed - region.expected) / region.expected;
        const double variance = (region.expected + region.expected_error * region.expected_error) /
                                (region.expected * region.expected);
        weights += 1 / variance;
        bias.relative += distance / variance;
        chi2 += distance * distance / variance;
        excess += distance * distance / variance - 1;
    }
    if (bias.regions.empty()) {
        bias.relative = bias.relative_error = bias.spread = bias.p_value =
            std::numeric_limits<double>::quiet_NaN();
        return;
    }
    bias.relative /= weights;
    bias.relative_error = 1 / std::sqrt(weights);
    bias.spread = std::sqrt(std::max(0.0, excess / weights));
    bias.p_value = chi2_survival(chi2, static_cast<double>(bias.regions.size()));
}

}  // namespace

EstimateBias estimate_bias(Estimate kind, const SpectrumSettings& settings,
                           const MassSpectra& spectra, std::size_t cut, double least) {
    const auto first = static_cast<std::ptrdiff_t>(
        kind == Estimate::spectrum ? spectra.first_of_function : std::size_t{0});
    const auto signal = static_cast<std::ptrdiff_t>(spectra.signal_cell);
    std::vector<Window> windows = windows_beside(spectra, signal - 1, -1, first);
    std::ranges::reverse(windows);
    std::ranges::copy(windows_beside(spectra, signal + 1, 1, first), std::back_inserter(windows));
    SpectrumSettings quick = settings;
    quick.toys = 0;  // nobody asks for the goodness of these fits
    EstimateBias bias;
    for (const Window& window : windows) {
        if (!lies_between_events(spectra, window, static_cast<std::size_t>(first))) continue;
        try {
            const BackgroundEstimate estimate = estimate_background(
                kind, quick, with_window(spectra, window), cut, RandomStream(0, "bias"), 1);
            if (estimate.expected() < least) continue;
            bias.regions.push_back({.low = spectra.cells[window.first].low,
                                    .high = spectra.cells[window.last].high,
                                    .observed = estimate.counts[estimate.signal_cell],
                                    .expected = estimate.expected(),
                                    .expected_error = estimate.expected_error()});
        } catch (const NumericalError&) {
            continue;  // too few events or bins are left beside it
        }
    }
    summarise(bias);
    return bias;
}

}  // namespace lacathode
