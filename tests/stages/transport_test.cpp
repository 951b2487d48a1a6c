// The maps of double_map and curtains: events moved to other masses.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "lacathode/stages/transport.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

struct Toy {
    EventTable data;
    FlowModel model;
};

// Trained once for all tests.
const Toy& toy() {
    static const Toy made = [] {
        EventTable data = toy_data({.correlation = 0.3}, 40'000, 3);
        FlowModel model = trained_flow(data, {.hidden = 16, .blocks = 3}, 4);
        return Toy{std::move(data), std::move(model)};
    }();
    return made;
}

double correlation_with_mass(const EventTable& events) {
    double n = 0, m = 0, x = 0, mm = 0, xx = 0, mx = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) continue;
        const double mass = events.mass[row];
        const double value = events.features(row, 0);
        n += 1, m += mass, x += value, mm += mass * mass, xx += value * value, mx += mass * value;
    }
    return (mx / n - m / n * x / n) /
           std::sqrt((mm / n - m / n * m / n) * (xx / n - x / n * x / n));
}
struct Moments {
    double mean = 0;
    double width = 0;
};
Moments moments_of_first_feature(const EventTable& events) {
    double n = 0, sum = 0, squares = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) continue;
        const double value = events.features(row, 0);
        n += 1, sum += value, squares += value * value;
    }
    return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
}

TEST(Transported, FeaturesNoLongerFollowTheMass) {
    const auto flow = load_density(toy().model, 0, engine());
    const EventTable moved = Transport::compute(toy().model, *flow, toy().data);
    EXPECT_EQ(moved.mass, toy().data.mass);
    EXPECT_EQ(moved.feature_columns, toy().data.feature_columns);
    // The twin, before the move: x = 0.3 m + noise of width 1, m uniform over 20.
    EXPECT_GT(correlation_with_mass(toy().data), 0.8);
    // A flow of four epochs is not perfect; its imperfection is far below the dependence itself.
    EXPECT_LT(std::abs(correlation_with_mass(moved)), 0.05);
}

TEST(Transported, AnEventAtTheReferenceMassStays) {
    EventTable events = toy().data;
    events.mass.assign(events.size(), reference_mass(toy().model.signal_region));
    const auto flow = load_density(toy().model, 0, engine());
    const EventTable moved = Transport::compute(toy().model, *flow, events);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!moved.is_mapped(row)) continue;
        // float32 there and back, in logit space.
        ASSERT_NEAR(moved.features(row, 1), events.features(row, 1), 2e-3) << row;
    }
}

// By that row drawn validation keeps its copies on one side.
TEST(Transported, AnEventThatIsUsedAgainHasTheRowOfItsFirstUse) {
    const std::size_t features = toy().model.features.size();
    LatentPool pool{.training = Matrix<float>(3, features),
                    .validation = Matrix<float>(2, features)};
    for (std::size_t row = 0; row < 3; ++row) pool.training(row, 0) = static_cast<float>(row);
    pool.validation(1, 0) = 1;
    const BackgroundSample sample = Sample::compute({.size = {7, 4}}, {.pool = pool}, toy().model,
                                                    MassDensity::fit(std::vector{4.9, 5.0, 5.1}),
                                                    engine(), RandomStream(1, "curtains"));
    EXPECT_THAT(sample.features.source_row,
                testing::ElementsAre(-1, -2, -3, -1, -2, -3, -1, -8, -9, -8, -9));
    for (const std::size_t row : {3U, 6U})
        EXPECT_EQ(sample.latent.features(row, 0), sample.latent.features(0, 0));
    EXPECT_EQ(sample.latent.features(9, 0), sample.latent.features(7, 0));
}

// The masses that they are moved to lie off the centre of the sidebands: x at the wrong ones has
// another mean, and another width.
TEST(Transported, SidebandEventsFollowTheMassTheyAreMovedTo) {
    const auto flow = load_density(toy().model, 0, engine());
    LatentPool pool;
    for (auto [part_of, z] : {std::pair{Partition::training, &pool.training},
                              std::pair{Partition::validation, &pool.validation}}) {
        const EventTable latent =
            Encode::compute(toy().model, *flow, part(toy().data, part_of, Region::sideband)).latent;
        std::vector<std::size_t> mapped;
        for (std::size_t row = 0; row < latent.size(); ++row)
            if (latent.is_mapped(row)) mapped.push_back(row);
        *z = latent.take(mapped).features;
    }
    const MassWindow around(4.7, 5.3);
    std::vector<double> masses;
    std::ranges::copy_if(toy().data.mass, std::back_inserter(masses),
                         [&](double mass) { return around.contains(mass); });
    const BackgroundSample sample =
        Sample::compute({.size = {4000, 1000}}, {.pool = pool}, toy().model,
                        MassDensity::fit(masses), engine(), RandomStream(1, "curtains"));
    for (const double mass : sample.features.mass) ASSERT_TRUE(around.contains(mass));
    // Every z is one of the pool's, and none comes twice before all have come.
    std::set<float> known, used;
    for (std::size_t row = 0; row < pool.training.rows(); ++row)
        known.insert(pool.training(row, 0));
    for (std::size_t row = 0; row < 4000; ++row) {
        if (!sample.latent.is_mapped(row)) continue;
        ASSERT_TRUE(known.contains(sample.latent.features(row, 0)));
        used.insert(sample.latent.features(row, 0));
    }
    EXPECT_GT(used.size(), 3900U);
    // x ~ N(0.3 m, 1) with m near 5: mean and width are within four standard errors plus the flow's
    // own. Over all masses the mean is 0 and the width 2.
    const Moments moved = moments_of_first_feature(sample.features);
    EXPECT_NEAR(moved.mean, 1.5, 4 / std::sqrt(5000.0) + 0.1);
    EXPECT_NEAR(moved.width, 1, 4 / std::sqrt(2 * 5000.0) + 0.1);
    const Moments everywhere = moments_of_first_feature(toy().data);
    EXPECT_NEAR(everywhere.mean, 0, 0.1);
    EXPECT_GT(everywhere.width, 1.9);
}

}  // namespace
}  // namespace lacathode::test
