#include "lacathode/stats/signal_shape.hpp"

#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {

SignalShape signal_in(std::size_t cell, std::size_t cells) {
    expects(cell < cells, "the signal's cell is one of the spectrum");
    SignalShape shape(cells);
    shape[cell] = 1;
    return shape;
}

double gaussian_part(double mean, double width, const MassCell& cell) {
    return normal_survival((cell.low - mean) / width) - normal_survival((cell.high - mean) / width);
}

SignalShape gaussian_signal(const std::vector<MassCell>& cells, double mean, double width) {
    expects(width > 0, "the width of a signal is positive");
    SignalShape shape;
    for (const MassCell& cell : cells) shape.push_back(gaussian_part(mean, width, cell));
    const double inside = std::accumulate(shape.begin(), shape.end(), 0.0);
    if (inside >= least_part_of_peak) return shape;
    throw NumericalError(concat("a signal of mean ", mean, " and width ", width, " has only ",
                                100 * inside, " % of its events between ", cells.front().low,
                                " and ", cells.back().high,
                                ": choose another mean, width or range"));
}

}  // namespace lacathode
