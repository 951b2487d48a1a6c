// The physics of the method at the level of statistics: a cut on x sculpts m, a cut on z does not.
#include <gtest/gtest.h>

#include "lacathode/physics/toy_model.hpp"
#include "lacathode/stats/sculpting.hpp"
#include "support/gaussianity.hpp"

namespace lacathode {
namespace {

struct Toy {
    EventTable events;
    Matrix<float> latent;
};

Toy toy(double correlation, std::size_t count, std::uint64_t index) {
    const ToyModel model{.correlation = correlation};
    Toy result{generate_toy(model, count, RandomStream(59, "toy").at(index)), {}};
    result.latent = toy_latent(model, result.events);
    return result;
}

double p_value(const EventTable& events, const Matrix<float>& features, std::size_t bins) {
    std::vector<float> score;
    for (std::size_t row = 0; row < features.rows(); ++row) score.push_back(features(row, 0));
    const SculptingStudy study(events.mass, {}, MassWindow(-0.3, 0.3), {.bins = bins});
    return study.evaluate(score, std::vector<double>{0.1}, RandomStream(61, "p")).p_value[0];
}

TEST(ToySculpting, ACutOnXSculptsTheMass) {
    const Toy strong = toy(0.1, 200'000, 0);
    EXPECT_LT(p_value(strong.events, strong.events.features, 300), 1e-6);
}

// Kolmogorov-Smirnov on 400 p-values, false-alarm rate 1e-3 (fixed seed). The twin: the same cut on
// x at c = 0.1.
TEST(ToySculpting, ACutOnZDoesNot) {
    std::vector<double> latent;
    std::vector<double> features;
    for (std::uint64_t i = 1; i <= 400; ++i) {
        const Toy sample = toy(0.1, 10'000, i);
        latent.push_back(p_value(sample.events, sample.latent, 30));
        features.push_back(p_value(sample.events, sample.events.features, 30));
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(latent).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(features).p_value, 1e-6);
}

}  // namespace
}  // namespace lacathode
