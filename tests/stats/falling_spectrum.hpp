// A dijet spectrum of known parameters, with one wide cell for the signal region.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/poisson_distribution.hpp"
#include "lacathode/stats/signal_shape.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode::test {

struct FallingSpectrum {
    std::vector<double> parameters = {0, 12, -3.5, 0, 0};  ///< of the dijet function, sqrt(s) = 13
    std::vector<MassCell> cells;
    std::size_t signal_cell = 0;
    std::vector<double> expected;  ///< [C]

    /// `events` in all cells together; the signal region has 0.19 of them. A bump of curvature: the
    /// terms behind the third, of a function that three parameters cannot follow.
    explicit FallingSpectrum(double events = 200'000, double fourth = 0) {
        parameters[3] = fourth;
        for (int i = 0; i < 10; ++i) cells.push_back({2.8 + 0.05 * i, 2.85 + 0.05 * i});
        signal_cell = cells.size();
        cells.push_back({3.3, 3.7});
        for (int i = 0; i < 46; ++i) cells.push_back({3.7 + 0.05 * i, 3.75 + 0.05 * i});
        double sum = 0;
        for (const MassCell& cell : cells) sum += integral(parameters, cell);
        parameters[0] = std::log(events / sum);
        for (const MassCell& cell : cells) expected.push_back(integral(parameters, cell));
    }

    /// Simpson's rule on 200 intervals, independent of the code under test.
    [[nodiscard]] double integral(const std::vector<double>& p, const MassCell& cell) const {
        const auto f = [&p](double m) {
            const double log_x = std::log(m / 13);
            double exponent = p[0] + p[1] * std::log(1 - m / 13);
            double power = 1;
            for (std::size_t k = 2; k < p.size(); ++k) exponent += p[k] * (power *= log_x);
            return std::exp(exponent);
        };
        constexpr int intervals = 200;
        const double step = (cell.high - cell.low) / intervals;
        double sum = f(cell.low) + f(cell.high);
        for (int i = 1; i < intervals; ++i) sum += f(cell.low + i * step) * (i % 2 == 1 ? 4 : 2);
        return sum * step / 3;
    }

    [[nodiscard]] SignalShape signal() const { return signal_in(signal_cell, cells.size()); }

    /// Poisson counts of the expectation.
    [[nodiscard]] std::vector<double> drawn(RandomStream stream) const {
        std::vector<double> counts(expected.size());
        std::ranges::transform(expected, counts.begin(), [&stream](double mean) {
            return static_cast<double>(poisson(mean, stream));
        });
        return counts;
    }
};

}  // namespace lacathode::test
