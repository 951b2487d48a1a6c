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

SignalShape gaussian_signal(const std::vector<MassCell>& cells, double mean, double width) {
    expects(width > 0, "the width of a signal is positive");
    constexpr double least_inside = 0.5;
    SignalShape shape;
    for (const auto& [low, high] : cells)
        shape.push_back(normal_survival((low - mean) / width) -
                        normal_survival((high - mean) / width));
    const double inside = std::accumulate(shape.begin(), shape.end(), 0.0);
    if (inside >= least_inside) return shape;
    throw UsageError(concat("a signal of mean ", mean, " and width ", width, " has only ",
                            100 * inside, " % of its events between ", cells.front().low, " and ",
                            cells.back().high, ": choose another mean, width or range"));
}

}  // namespace lacathode
