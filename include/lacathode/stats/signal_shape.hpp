// How a signal's events share out over the cells of a spectrum.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// [C] the part of the signal's events in each cell, 0 or more; what is missing to 1 lies outside.
using SignalShape = std::vector<double>;

/// All in one of so many cells: a counting experiment.
SignalShape signal_in(std::size_t cell, std::size_t cells);

/// A Gaussian of that mean and standard deviation (unit of the mass). Throws UsageError if less
/// than half of it lies in the cells.
SignalShape gaussian_signal(const std::vector<MassCell>& cells, double mean, double width);

}  // namespace lacathode
