// The largest bump anywhere in a spectrum: BumpHunter's statistic (docs/method.md (11.12)).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/spectrum_fit.hpp"
#include "lacathode/stats/toy_spectra.hpp"

namespace lacathode {

struct Bump {
    CellRange window = {};  ///< where p is least; the first of equals, narrow windows first
    double statistic = 0;   ///< t = -ln of that p; 0 if no window has more than it expects
};

/// Over all windows of 1 to `widest` neighbouring cells, of which each has P(n or more) by Poisson
/// counting against `expected` (11.12). Both [C]; widths beyond C are left out. Windows that expect
/// nothing are no bumps.
Bump largest_bump(std::span<const double> counts, std::span<const double> expected,
                  std::size_t widest);

/// P(t >= the observed one) by spectra of the fit to all cells, each of them compared with its own
/// fit to the cells beside `left_out`, as the data are.
ToyProbability bump_probability(const SpectrumModel& model, const SpectrumFit& null,
                                const CellRange& left_out, const Bump& observed, std::size_t widest,
                                std::int64_t toys, const RandomStream& stream, int threads);

}  // namespace lacathode
