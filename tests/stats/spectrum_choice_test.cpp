// The number of parameters, and efficiencies as functions of the mass.
#include "lacathode/stats/spectrum_choice.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "stats/falling_spectrum.hpp"

namespace lacathode::test {
namespace {

std::size_t chosen(const FallingSpectrum& truth, const std::vector<double>& counts) {
    return choose_spectrum(
               [&](std::size_t parameters) {
                   return SpectrumModel({SpectrumShape::dijet, parameters, 13}, truth.cells,
                                        truth.expected);
               },
               counts, CellRange::one(truth.signal_cell), 3, 5, 0.05)
        .model.parameters();
}

// One more than the true three in 5 %: 200 +- 13.8 of 4000. 3.3 errors, one false alarm in 1000.
TEST(ChooseSpectrum, TakesAParameterTooMuchAtItsLevel) {
    const FallingSpectrum truth;
    const RandomStream stream(41, "choice");
    int too_many = 0;
    for (std::size_t toy = 0; toy < 4000; ++toy)
        too_many += chosen(truth, truth.drawn(stream.at(toy))) > 3 ? 1 : 0;
    EXPECT_NEAR(too_many, 200, 45);
}

TEST(ChooseSpectrum, TakesTheParameterThatIsNeeded) {
    const FallingSpectrum curved(5'000'000, 2);
    const RandomStream stream(43, "choice");
    for (std::size_t toy = 0; toy < 20; ++toy)
        EXPECT_GE(chosen(curved, curved.drawn(stream.at(toy))), 4U);
}

TEST(ChooseSpectrum, AsManyAsThereAreBinsWithEvents) {
    const FallingSpectrum truth;
    std::vector<double> counts(truth.cells.size(), 0.0);
    counts[0] = 30;
    counts[4] = 20;
    counts[8] = 9;
    EXPECT_EQ(chosen(truth, counts), 3U);
    counts[8] = 0;
    EXPECT_THROW(static_cast<void>(chosen(truth, counts)), NumericalError);
}

// An efficiency exp(-4 + 1.5 ln(m / 3)) of 20 nodes a cell: the fit gives it back.
TEST(SpectrumModel, WithEventsAsWeightsTheFunctionIsAnEfficiency) {
    const auto efficiency = [](double m) { return std::exp(-4 + 1.5 * std::log(m / 3)); };
    const std::vector<MassCell> cells = {{2, 3}, {3, 4}, {4, 5}, {5, 7}};
    std::vector<std::vector<MassNode>> nodes(cells.size());
    std::vector<double> counts(cells.size(), 0.0);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        for (int i = 0; i < 20; ++i) {
            const double m =
                cells[cell].low + (i + 0.3) / 20 * (cells[cell].high - cells[cell].low);
            const double events = 1e5 / (m * m);
            nodes[cell].push_back({m, events});
            counts[cell] += events * efficiency(m);
        }
    }
    const SpectrumModel model({SpectrumShape::log_polynomial, 2, 3}, cells, nodes, counts);
    const SpectrumFit fit = model.fit(counts, {.left_out = CellRange::one(1)});
    EXPECT_NEAR(model.parameters_of(fit)[0], -4, 1e-6);
    EXPECT_NEAR(model.parameters_of(fit)[1], 1.5, 1e-6);
    EXPECT_NEAR(fit.expected[1], counts[1], 1e-5 * counts[1]);
}

TEST(SpectrumModel, OneParameterIsAConstantEfficiency) {
    const std::vector<MassCell> cells = {{1, 2}, {2, 3}, {3, 4}};
    const std::vector<std::vector<MassNode>> nodes = {{{1.5, 100}}, {{2.5, 50}}, {{3.5, 10}}};
    const std::vector<double> counts = {8, 100, 3};
    const SpectrumModel model({SpectrumShape::log_polynomial, 1, 1}, cells, nodes, counts);
    const SpectrumFit fit = model.fit(counts, {.left_out = CellRange::one(1)});
    EXPECT_NEAR(fit.expected[1], 50 * 0.1, 1e-6);
    EXPECT_NEAR(std::sqrt(expected_variance(fit, 1)), 5 / std::sqrt(11), 1e-6);
}

}  // namespace
}  // namespace lacathode::test
