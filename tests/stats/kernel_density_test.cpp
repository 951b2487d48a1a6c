#include "lacathode/stats/kernel_density.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"
#include "support/gaussianity.hpp"

namespace lacathode {
namespace {

std::vector<double> masses(std::size_t count) {
    RandomStream stream(23, "masses");
    std::vector<double> result;
    while (result.size() < count) result.push_back(3 - std::log(stream.uniform()));
    return result;
}

double logit(double mass, const MassDensity& density) {
    return std::log((mass - density.min()) / (density.max() - mass));
}

// The definition: mean of Gaussians in t, times dt/dm.
double density_by_definition(double mass, const std::vector<double>& fitted, double bandwidth,
                             const MassDensity& density) {
    double sum = 0;
    double used = 0;
    for (const double m : fitted) {
        if (m <= density.min() || m >= density.max()) continue;
        const double pull = (logit(mass, density) - logit(m, density)) / bandwidth;
        sum += std::exp(-pull * pull / 2) / (bandwidth * std::sqrt(2 * std::numbers::pi));
        ++used;
    }
    const double u = (mass - density.min()) / (density.max() - density.min());
    return sum / used / (u * (1 - u) * (density.max() - density.min()));
}

TEST(MassDensity, IsWhatItsDefinitionSays) {
    const auto fitted = masses(500);
    for (const double bandwidth : {0.01, 0.3}) {
        const auto density = MassDensity::fit(fitted, bandwidth);
        for (const double m : {3.01, 3.3, 3.5, 4.2, 6.0}) {
            const double expected = density_by_definition(m, fitted, bandwidth, density);
            EXPECT_NEAR(density.density(m), expected, 1e-9 * expected + 1e-12) << m;
        }
        EXPECT_EQ(density.density(density.min()), 0);
        EXPECT_EQ(density.density(density.max() + 1), 0);
        EXPECT_EQ(density.dropped(), 2U);
    }
}

TEST(MassDensity, IntegratesToOne) {
    const auto density = MassDensity::fit(masses(200), 0.05);
    // In t the integrand is a sum of Gaussians: equidistant points converge exponentially.
    double integral = 0;
    constexpr double step = 0.01;
    for (double t = -30; t < 30; t += step) {
        const double u = 1 / (1 + std::exp(-t));
        const double range = density.max() - density.min();
        integral += density.density(density.min() + range * u) * range * u * (1 - u) * step;
    }
    EXPECT_NEAR(integral, 1, 1e-6);
}

// Distribution function of the density: mean of normal distribution functions. Kolmogorov-Smirnov
// with false-alarm rate 1e-3 (fixed seed); the twin with five times the bandwidth must fail.
TEST(MassDensity, SamplesFollowTheDensity) {
    const auto fitted = masses(50);
    const auto density = MassDensity::fit(fitted, 0.05);
    const auto probabilities = [&](const MassDensity& sampler) {
        std::vector<double> result;
        for (const double m : sampler.sample(20'000, RandomStream(29, "sample"))) {
            double sum = 0;
            for (const double f : fitted) {
                if (f <= density.min() || f >= density.max()) continue;
                const double pull = (logit(m, density) - logit(f, density)) / 0.05;
                sum += 0.5 * std::erfc(-pull / std::numbers::sqrt2);
            }
            result.push_back(sum / 48);
        }
        return result;
    };
    EXPECT_GT(kolmogorov_smirnov_uniform(probabilities(density)).p_value, 1e-3);
    const auto blurred = MassDensity::fit(fitted, 0.25);
    EXPECT_LT(kolmogorov_smirnov_uniform(probabilities(blurred)).p_value, 1e-6);
}

TEST(MassDensity, SamplesAreReproducibleAndInside) {
    const auto density = MassDensity::fit(masses(1000));
    const auto a = density.sample(10'000, RandomStream(1, "sample"));
    EXPECT_EQ(a, density.sample(10'000, RandomStream(1, "sample")));
    EXPECT_TRUE(
        std::ranges::all_of(a, [&](double m) { return density.min() < m && m < density.max(); }));
}

TEST(MassDensity, RefusesWhatItCannotFit) {
    EXPECT_THROW(MassDensity::fit({}), InputError);
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 2}), InputError);
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 1, 1}), InputError);
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, NAN, 2, 3}), InputError);
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 2, 3}, 0), UsageError);
    EXPECT_EQ(MassDensity::fit(std::vector<double>{1, 1, 2, 3}).dropped(), 3U);
}

// Three times the weight is the event three times over.
TEST(MassDensity, WeightsAreAsRepeatedMasses) {
    const auto fitted = masses(300);
    std::vector<float> weight;
    std::vector<double> repeated;
    for (std::size_t i = 0; i < fitted.size(); ++i) {
        weight.push_back(static_cast<float>(i % 4));
        repeated.insert(repeated.end(), i % 4, fitted[i]);
    }
    // Those that are left out, and so min and max, have a weight in both.
    const auto [low, high] = std::ranges::minmax(fitted);
    for (std::size_t i = 0; i < fitted.size(); ++i) {
        if (fitted[i] == low || fitted[i] == high) repeated.push_back(fitted[i]);
    }
    const auto weighted = MassDensity::fit(fitted, 0.05, weight);
    const auto same = MassDensity::fit(repeated, 0.05);
    for (const double m : {3.01, 3.3, 3.5, 4.2, 6.0})
        EXPECT_NEAR(weighted.density(m), same.density(m), 1e-9 * same.density(m) + 1e-12) << m;
}

// Kolmogorov-Smirnov with false-alarm rate 1e-3 (fixed seed) between the draws and the distribution
// function of the kernels; the twin that draws without weights must fail.
TEST(MassDensity, SamplesFollowTheWeights) {
    const auto fitted = masses(50);
    std::vector<float> weight;
    for (const double mass : fitted) weight.push_back(mass > 3.5 ? 4.0F : 1.0F);
    const auto density = MassDensity::fit(fitted, 0.05, weight);
    const auto probabilities = [&](const MassDensity& sampler) {
        std::vector<double> result;
        for (const double m : sampler.sample(20'000, RandomStream(31, "sample"))) {
            double sum = 0;
            double all = 0;
            for (std::size_t i = 0; i < fitted.size(); ++i) {
                if (fitted[i] <= density.min() || fitted[i] >= density.max()) continue;
                const double pull = (logit(m, density) - logit(fitted[i], density)) / 0.05;
                const auto w = static_cast<double>(weight[i]);
                sum += w * 0.5 * std::erfc(-pull / std::numbers::sqrt2);
                all += w;
            }
            result.push_back(sum / all);
        }
        return result;
    };
    EXPECT_GT(kolmogorov_smirnov_uniform(probabilities(density)).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(probabilities(MassDensity::fit(fitted, 0.05))).p_value,
              1e-6);
}

TEST(MassDensity, EqualWeightsDrawTheSameMassesAsNone) {
    const auto fitted = masses(100);
    const std::vector<float> weight(100, 2.5F);
    EXPECT_EQ(MassDensity::fit(fitted, 0.05, weight).sample(1000, RandomStream(1, "sample")),
              MassDensity::fit(fitted, 0.05).sample(1000, RandomStream(1, "sample")));
}

TEST(MassDensity, RefusesNegativeWeights) {
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 2, 3}, 0.01, std::vector<float>{1, -1, 1}),
                 InputError);
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 2, 3}, 0.01, std::vector<float>{1, 0, 1}),
                 InputError);
    // Equal weights are as none, but not these.
    EXPECT_THROW(MassDensity::fit(std::vector<double>{1, 2, 3}, 0.01, std::vector<float>{0, 0, 0}),
                 InputError);
}

}  // namespace
}  // namespace lacathode
