// Stage encode: densities in feature space, rows outside the box, and the inverse.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

struct Trained {
    FlowModel model;
    std::unique_ptr<ConditionalDensity> flow;
};

const Trained& small_flow(std::size_t features) {
    static std::map<std::size_t, Trained> flows;
    if (!flows.contains(features)) {
        const ToyModel toy{.correlation = 0.1, .features = features};
        FlowModel model = trained_flow(toy_data(toy, 20'000, 7),
                                       {.features = features, .hidden = 16, .blocks = 3}, 3);
        auto flow = load_density(model, 0, engine());
        flows.emplace(features, Trained{std::move(model), std::move(flow)});
    }
    return flows.at(features);
}

// Events at one mass and given x, D = 1.
EventTable events_at(double mass, const std::vector<double>& x) {
    EventTable events;
    events.mass_column = {"m", "1"};
    events.feature_columns = {{"x0", "1"}};
    events.mass.assign(x.size(), mass);
    events.features = Matrix<float>(x.size(), 1, std::vector<float>(x.begin(), x.end()));
    events.partition.assign(x.size(), Partition::test);
    events.source_row.assign(x.size(), 0);
    return events;
}

// The midpoint rule over the whole box; float32 networks and 20,000 points leave less than 1e-3.
TEST(Encode, DensityInFeatureSpaceIntegratesToOne) {
    const auto& [model, flow] = small_flow(1);
    const double low = model.transform.constants().min[0];
    const double high = model.transform.constants().max[0];
    const std::size_t points = 20'000;
    const double step = (high - low) / static_cast<double>(points);
    std::vector<double> x;
    for (std::size_t i = 0; i < points; ++i)
        x.push_back(low + (static_cast<double>(i) + 0.5) * step);
    for (const double mass : {-7.0, 0.0, 0.2, 5.0}) {
        const Encoded encoded = Encode::compute(model, *flow, events_at(mass, x));
        double integral = 0;
        for (const double log_prob : encoded.log_prob) integral += std::exp(log_prob) * step;
        EXPECT_NEAR(integral, 1, 1e-3) << "m = " << mass;
    }
}

// log p(x|m) = log N(z) + log |dz/dx| with the derivative from finite differences of the whole map:
// a wrong or missing Jacobian of preprocessing would show. The step is large enough that float32
// rounding of z (1e-6) moves log |dz/dx| by less than 1e-3.
TEST(Encode, LogProbIsTheChangeOfVariables) {
    const auto& [model, flow] = small_flow(1);
    const double step = 5e-3;
    for (double x = -1.5; x < 1.6; x += 0.1) {
        const Encoded encoded =
            Encode::compute(model, *flow, events_at(0.5, {x, x - step, x + step}));
        const auto& z = encoded.latent.features;
        const double z0 = z(0, 0);
        // The differences between the float32 values that were really encoded.
        const double width = static_cast<double>(static_cast<float>(x + step)) -
                             static_cast<double>(static_cast<float>(x - step));
        const double slope =
            std::abs(static_cast<double>(z(2, 0)) - static_cast<double>(z(1, 0))) / width;
        const double expected =
            -0.5 * z0 * z0 - 0.5 * std::log(2 * std::numbers::pi) + std::log(slope);
        EXPECT_NEAR(encoded.log_prob[0], expected, 5e-3) << "x = " << x;
    }
}

TEST(Encode, RowsOutsideTheBoxAreMarked) {
    const auto& [model, flow] = small_flow(1);
    const double low = model.transform.constants().min[0];
    const double high = model.transform.constants().max[0];
    const double nan = std::nan("");
    const Encoded encoded =
        Encode::compute(model, *flow, events_at(0, {0.1, low, high, high + 1, nan, -0.1}));
    EXPECT_EQ(encoded.latent.mapped, (std::vector<std::uint8_t>{1, 0, 0, 0, 0, 1}));
    for (std::size_t row = 0; row < 6; ++row) {
        const bool mapped = encoded.latent.mapped[row] != 0;
        EXPECT_EQ(std::isnan(encoded.latent.features(row, 0)), !mapped) << row;
        EXPECT_EQ(std::isnan(encoded.log_prob[row]), !mapped) << row;
    }
    EXPECT_EQ(encoded.latent.mass, std::vector<double>(6, 0.0));
    EXPECT_EQ(encoded.outside_box, 4);
    EXPECT_EQ(encoded.absurd_z, 0);
}

// z = factor y; NaN for y < -1.
class Stretched final : public ConditionalDensity {
  public:
    explicit Stretched(float factor) : factor_(factor) {}
    [[nodiscard]] std::size_t features() const override { return 1; }
    [[nodiscard]] FlowForward forward(const Matrix<float>& y,
                                      std::span<const float> mass) const override {
        FlowForward result{.z = y, .log_det = std::vector<float>(mass.size(), std::log(factor_))};
        for (float& z : result.z.values()) z = z < -1 ? std::nanf("") : factor_ * z;
        return result;
    }
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z,
                                      std::span<const float> mass) const override {
        return {.y = z, .log_det = std::vector<float>(mass.size(), 0.0F)};
    }

  private:
    float factor_;
};

// z = 44 is far; 45 is no draw from N(0, 1), finite though it is.
TEST(Encode, AbsurdLatentCoordinatesAreNotMapped) {
    const FlowModel& model = small_flow(1).model;
    const FeatureTransform::Constants& c = model.transform.constants();
    const auto x_at = [&](float y) {
        return static_cast<double>(model.transform.inverse(Matrix<float>(1, 1, {y})).x(0, 0));
    };
    const EventTable events =
        events_at(0, {x_at(0.44F), x_at(0.45F), x_at(-0.45F), x_at(-0.44F), x_at(-1.5F), c.max[0]});
    const Encoded encoded = Encode::compute(model, Stretched(100), events);
    EXPECT_EQ(encoded.latent.mapped, (std::vector<std::uint8_t>{1, 0, 0, 1, 0, 0}));
    EXPECT_TRUE(std::isnan(encoded.latent.features(1, 0)) && std::isnan(encoded.log_prob[1]));
    EXPECT_EQ(encoded.absurd_z, 3);
    EXPECT_EQ(encoded.outside_box, 1);
}

// A row's result does not depend on its neighbours, nor on threads.
TEST(Encode, RowsAreIndependentOfTheirBlockAndOfThreads) {
    const auto& [model, flow] = small_flow(2);
    const EventTable events = toy_data({.correlation = 0.1}, 5'000, 8);
    const Encoded all = Encode::compute(model, *flow, events);
    const auto three = load_density(model, 0, engine(3));
    EXPECT_EQ(Encode::compute(model, *three, events).log_prob.front(), all.log_prob.front());
    std::vector<std::size_t> rows;
    for (std::size_t row = 3; row < events.size(); row += 7) rows.push_back(row);
    const Encoded some = Encode::compute(model, *three, events.take(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(some.latent.is_mapped(i), all.latent.is_mapped(rows[i]));
        if (!some.latent.is_mapped(i)) continue;
        ASSERT_EQ(some.latent.features(i, 0), all.latent.features(rows[i], 0));
        ASSERT_EQ(some.latent.features(i, 1), all.latent.features(rows[i], 1));
        ASSERT_EQ(some.log_prob[i], all.log_prob[rows[i]]);
    }
}

// The double map (LaCATHODE paper, footnote 2) with m0 = m gives x back; with another m0 it does
// not. Tolerance: float32 through three blocks and back, on features of order one.
TEST(Encode, TheDoubleMapAtTheSameMassIsTheIdentity) {
    const auto& [model, flow] = small_flow(2);
    EventTable events = toy_data({.correlation = 0.1}, 2'000, 9);
    std::ranges::fill(events.mass, 0.1);
    const Encoded encoded = Encode::compute(model, *flow, events);
    Matrix<float> z = encoded.latent.features;
    const auto back = [&](float mass) {
        return model.transform.inverse(flow->inverse(z, std::vector<float>(z.rows(), mass)).y).x;
    };
    const Matrix<float> same = back(0.1F);
    const Matrix<float> other = back(5.0F);
    double shift = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!encoded.latent.is_mapped(row)) continue;
        for (std::size_t col = 0; col < 2; ++col) {
            EXPECT_NEAR(same(row, col), events.features(row, col), 1e-4);
            shift += static_cast<double>(other(row, col) - events.features(row, col));
        }
    }
    EXPECT_GT(shift / static_cast<double>(2 * events.size()), 0.2);
}

}  // namespace
}  // namespace lacathode::test
