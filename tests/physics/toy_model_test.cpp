#include "lacathode/physics/toy_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

double correlation(const EventTable& events, const Matrix<float>& values, std::size_t col) {
    const auto n = static_cast<double>(events.size());
    double m = 0, x = 0, mm = 0, xx = 0, mx = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const double mass = events.mass[row];
        const double value = values(row, col);
        m += mass / n;
        x += value / n;
        mm += mass * mass / n;
        xx += value * value / n;
        mx += mass * value / n;
    }
    return (mx - m * x) / std::sqrt((mm - m * m) * (xx - x * x));
}

// Var(m) = 100 / 3; correlation of m and x = c sqrt(Var m) / sqrt(1 + c^2 Var m) = 1/2 at c = 0.1.
// 5 standard deviations (1 / sqrt(N)): false-alarm rate 6e-7 a comparison.
TEST(ToyModel, FeaturesFollowTheMassAndTheLatentDoesNot) {
    const ToyModel model;
    const EventTable events = generate_toy(model, 100'000, RandomStream(1, "toy"));
    events.check();
    const Matrix<float> latent = toy_latent(model, events);
    const double tolerance = 5 / std::sqrt(1e5);
    for (const std::size_t col : {0U, 1U}) {
        EXPECT_NEAR(correlation(events, events.features, col), 0.5, tolerance);
        EXPECT_NEAR(correlation(events, latent, col), 0, tolerance);
    }
    for (const double mass : events.mass) ASSERT_TRUE(-10 < mass && mass < 10);
}

TEST(ToyModel, TableIsCompleteAndReproducible) {
    const ToyModel model{.correlation = 0.001, .features = 3};
    const EventTable a = generate_toy(model, 10, RandomStream(5, "toy"));
    const EventTable b = generate_toy(model, 10, RandomStream(5, "toy"));
    EXPECT_EQ(a.features, b.features);
    EXPECT_EQ(a.mass, b.mass);
    EXPECT_EQ(a.feature_columns.back(), (Column{"x2", "1"}));
    EXPECT_EQ(a.source_row.back(), -10);
    EXPECT_EQ(a.label, std::vector<std::int8_t>(10, 0));
    EXPECT_NE(generate_toy(model, 10, RandomStream(6, "toy")).mass, a.mass);
}

TEST(ToyModel, RefusesBadConstants) {
    EXPECT_THROW(generate_toy({.mass_low = 1, .mass_high = 1}, 1, RandomStream(1, "")), UsageError);
    EXPECT_THROW(generate_toy({.correlation = NAN}, 1, RandomStream(1, "")), UsageError);
    EXPECT_THROW(generate_toy({.features = 0}, 1, RandomStream(1, "")), UsageError);
    const EventTable events = generate_toy({}, 1, RandomStream(1, ""));
    EXPECT_THROW(toy_latent({.features = 3}, events), ContractViolation);
}

}  // namespace
}  // namespace lacathode
