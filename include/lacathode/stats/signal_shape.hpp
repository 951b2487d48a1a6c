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

/// Of a peak that a spectrum can tell.
inline constexpr double least_part_of_peak = 0.5;

/// The part of a Gaussian of that mean and standard deviation > 0 (unit of the mass) in the cell.
double gaussian_part(double mean, double width, const MassCell& cell);
/// That of each cell. Throws NumericalError if less than least_part_of_peak lies in all of them.
SignalShape gaussian_signal(const std::vector<MassCell>& cells, double mean, double width);

}  // namespace lacathode
