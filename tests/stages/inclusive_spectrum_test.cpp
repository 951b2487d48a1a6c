// The spectrum that pseudo-data are drawn from: what a bin of weights is worth to its fit.
#include "lacathode/stages/search/inclusive_spectrum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stages/falling_spectra.hpp"

namespace lacathode::test {
namespace {

// Of 1000 masses of an exponential, each as often as there are weights.
InclusiveSpectrum spectrum_of(const std::vector<float>& copies) {
    std::vector<double> masses;
    std::vector<float> weights;
    for (int i = 0; i < 1000; ++i) {
        masses.insert(masses.end(), copies.size(), 2.5 - 0.6 * std::log((i + 0.5) / 1000));
        weights.insert(weights.end(), copies.begin(), copies.end());
    }
    const SpectrumSettings settings{
        .shape = SpectrumShape::log_polynomial, .least_parameters = 2, .most_parameters = 2};
    return {settings, falling_window(), masses, "events", weights};
}

// (sum w)^2 / sum w^2 = 3. As six, which they weigh, they would have twice the deviance.
TEST(InclusiveSpectrum, GoodnessIsThatOfEffectiveEvents) {
    const InclusiveSpectrum three = spectrum_of({1, 1, 1});
    const InclusiveSpectrum weighted = spectrum_of({3, 1, 1, 1});
    EXPECT_GT(three.deviance(), 10);
    EXPECT_GT(three.goodness(), 0.01);
    EXPECT_NEAR(weighted.deviance(), three.deviance(), 1e-6);
    EXPECT_NEAR(weighted.goodness(), three.goodness(), 1e-6);
}

}  // namespace
}  // namespace lacathode::test
