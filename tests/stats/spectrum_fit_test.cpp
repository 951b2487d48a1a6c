// The fit of a smooth spectrum, against integrals, its own optimality and pseudo-data.
#include "lacathode/stats/spectrum_fit.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/poisson_distribution.hpp"
#include "stats/falling_spectrum.hpp"

namespace lacathode::test {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

MATCHER_P(RelativelyNear, tolerance, "") {
    return std::abs(std::get<0>(arg) - std::get<1>(arg)) <= tolerance * std::abs(std::get<1>(arg));
}

TEST(SpectrumFunction, TermsAreThoseOfTheDefinition) {
    const double x = 3.5 / 13;
    EXPECT_THAT(SpectrumFunction(SpectrumShape::dijet, 5, 13).terms(3.5),
                Pointwise(DoubleNear(1e-14),
                          std::vector{1.0, std::log(1 - x), std::log(x), std::pow(std::log(x), 2),
                                      std::pow(std::log(x), 3)}));
    EXPECT_THAT(
        SpectrumFunction(SpectrumShape::log_polynomial, 3, 2).terms(4),
        Pointwise(DoubleNear(1e-14), std::vector{1.0, std::log(2.0), std::pow(std::log(2.0), 2)}));
}

TEST(SpectrumFunction, WhatIsImpossibleIsRefused) {
    EXPECT_THROW(SpectrumFunction(SpectrumShape::dijet, 6, 13), UsageError);
    EXPECT_THROW(SpectrumFunction(SpectrumShape::dijet, 1, 13), UsageError);
    EXPECT_THROW(static_cast<void>(SpectrumFunction(SpectrumShape::dijet, 3, 13).terms(13)),
                 InputError);
    EXPECT_THROW(static_cast<void>(SpectrumFunction(SpectrumShape::log_polynomial, 3, 1).terms(0)),
                 InputError);
}

// f = exp(p0) (m / m0)^p1 has the integral e^p0 m0 / (p1 + 1) [(m / m0)^(p1 + 1)].
TEST(SpectrumModel, CellsAreIntegratedExactly) {
    const std::vector<MassCell> cells = {{1, 1.05}, {1.05, 1.6}, {1.6, 4}, {4, 9}};
    std::vector<double> counts;
    for (const auto& [low, high] : cells)
        counts.push_back(1e5 / -5.5 * (std::pow(high, -5.5) - std::pow(low, -5.5)));
    const SpectrumModel model({SpectrumShape::log_polynomial, 2, 1}, cells, counts);
    const SpectrumFit fit = model.fit(counts);
    EXPECT_THAT(model.parameters_of(fit),
                Pointwise(RelativelyNear(1e-7), std::vector{std::log(1e5), -6.5}));
    EXPECT_THAT(fit.expected, Pointwise(RelativelyNear(1e-7), counts));
    EXPECT_NEAR(saturated_deviance(counts, fit), 0, 1e-6);
}

TEST(SpectrumModel, ExpectedCountsGiveTheParametersBack) {
    const FallingSpectrum truth;
    for (const std::size_t parameters : {3U, 4U, 5U}) {
        const SpectrumModel model({SpectrumShape::dijet, parameters, 13}, truth.cells,
                                  truth.expected);
        std::vector<double> expected = truth.parameters;
        expected.resize(parameters);
        const SpectrumFit fit = model.fit(truth.expected);
        EXPECT_THAT(fit.expected, Pointwise(RelativelyNear(1e-6), truth.expected)) << parameters;
        // Up to what five digits of the counts can tell.
        EXPECT_NEAR(model.parameters_of(fit)[2], truth.parameters[2], 0.01) << parameters;
    }
}

// At a maximum no small change of any raw parameter raises the likelihood, and the curvature
// there is the inverse of the covariance.
TEST(SpectrumModel, TheFitIsAMaximumWithTheCurvatureOfItsCovariance) {
    const FallingSpectrum truth;
    const std::vector<double> counts = truth.drawn(RandomStream(5, "spectrum"));
    const SpectrumModel model({SpectrumShape::dijet, 4, 13}, truth.cells, counts);
    const SpectrumFit fit = model.fit(counts);
    const Matrix<double> covariance = model.parameter_covariance(fit);
    const std::vector<double> best = model.parameters_of(fit);
    const auto log_likelihood = [&](const std::vector<double>& parameters) {
        double sum = 0;
        for (std::size_t cell = 0; cell < counts.size(); ++cell)
            sum +=
                poisson_log_likelihood(counts[cell], truth.integral(parameters, truth.cells[cell]));
        return sum;
    };
    const double top = log_likelihood(best);
    EXPECT_NEAR(top, fit.log_likelihood, 1e-5);
    // Along a direction d of the covariance's columns, twice the fall is d^T C^-1 d.
    for (std::size_t k = 0; k < best.size(); ++k) {
        const double sigma = std::sqrt(covariance(k, k));
        std::vector<double> moved = best;
        for (std::size_t j = 0; j < best.size(); ++j) moved[j] += 0.1 * covariance(j, k) / sigma;
        EXPECT_NEAR(2 * (top - log_likelihood(moved)), 0.01, 2e-3) << k;
    }
}

TEST(SpectrumModel, ALeftOutCellDoesNotCount) {
    const FallingSpectrum truth;
    std::vector<double> counts = truth.drawn(RandomStream(6, "spectrum"));
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, truth.cells, counts);
    const auto fit = [&] {
        return model.fit(counts, {.left_out = CellRange::one(truth.signal_cell)}).expected;
    };
    const std::vector<double> before = fit();
    counts[truth.signal_cell] *= 10;
    EXPECT_THAT(fit(), Pointwise(RelativelyNear(1e-6), before));
    EXPECT_GT(std::abs(model.fit(counts).expected[0] / before[0] - 1), 1e-3);
}

TEST(SpectrumModel, EmptyBinsAreFitted) {
    const FallingSpectrum truth(500);
    const std::vector<double> counts = truth.drawn(RandomStream(7, "spectrum"));
    ASSERT_GT(std::ranges::count(counts, 0.0), 5);
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, truth.cells, counts);
    double sum = 0;
    double expected = 0;
    const SpectrumFit fit = model.fit(counts);
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        sum += counts[cell];
        expected += fit.expected[cell];
    }
    EXPECT_NEAR(sum, expected, 1e-4 * sum) << "the likelihood's equation of p0";
}

TEST(SpectrumModel, WhatCannotBeFittedIsSaid) {
    const FallingSpectrum truth;
    EXPECT_THROW(SpectrumModel({SpectrumShape::dijet, 3, 13}, {{3, 4}, {4, 5}, {5, 6}},
                               std::vector<double>{1, 1, 1}),
                 UsageError);
    const SpectrumModel model({SpectrumShape::dijet, 4, 13}, truth.cells, truth.expected);
    EXPECT_THROW(static_cast<void>(model.fit(std::vector<double>(truth.cells.size()))),
                 NumericalError);
}

}  // namespace
}  // namespace lacathode::test
