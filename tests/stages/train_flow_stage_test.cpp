// Which events the flow learns from.
#include <gtest/gtest.h>

#include <map>

#include "lacathode/core/errors.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

FlowModel tiny_flow(const EventTable& events) {
    return trained_flow(events, {.features = 2, .hidden = 8, .blocks = 2}, 3);
}

std::size_t sideband_rows(const EventTable& events, Partition partition) {
    return part(events, partition, Region::sideband).size();
}

TEST(TrainFlowStage, CountsTheSidebandEventsOfBothPartitions) {
    const EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    const FlowModel model = tiny_flow(events);
    std::map<std::string, std::size_t> counts(model.counts.begin(), model.counts.end());
    EXPECT_EQ(counts["training_events"] + counts["training_outside_box"],
              sideband_rows(events, Partition::training));
    EXPECT_EQ(counts["validation_events"] + counts["validation_outside_box"],
              sideband_rows(events, Partition::validation));
    // The extremes of each of the two features, at least.
    EXPECT_GE(counts["training_outside_box"], 3U);
    EXPECT_EQ(model.features, events.feature_columns);
    EXPECT_EQ(model.mass, events.mass_column);
    EXPECT_EQ(model.signal_region, toy_window());
}

TEST(TrainFlowStage, AMarginOfTheBoxReachesTheModel) {
    const EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    TrainFlow::Config config{.architecture = {.features = 2, .hidden = 8, .blocks = 2},
                             .training = {.epochs = 1, .batch_size = 256, .keep_best = 1},
                             .adam = {},
                             .box_margin = 0.5};
    const FlowModel wide =
        TrainFlow::compute(config, events, toy_window(), engine(), RandomStream(73, "flow"));
    const FeatureTransform::Constants papers = tiny_flow(events).transform.constants();
    const FeatureTransform::Constants& constants = wide.transform.constants();
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_NEAR(constants.max[i] - constants.min[i], 2 * (papers.max[i] - papers.min[i]), 1e-9);
    }
    const std::map<std::string, std::int64_t> counts(wide.counts.begin(), wide.counts.end());
    EXPECT_EQ(counts.at("training_outside_box"), 0);
}

// Whatever happens in the signal region, or in the test part, changes not a bit of the flow.
TEST(TrainFlowStage, IsBlindToSignalRegionAndTestEvents) {
    const EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    EventTable changed = events;
    EventTable twin = events;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const bool unseen =
            toy_window().contains(events.mass[row]) || events.partition[row] == Partition::test;
        EventTable& target = unseen ? changed : twin;
        for (float& value : target.features.row(row)) value = 2 * value + 50;
    }
    const FlowModel model = tiny_flow(events);
    const FlowModel same = tiny_flow(changed);
    EXPECT_EQ(same.transform.constants(), model.transform.constants());
    EXPECT_TRUE(same.flow.best.front().state == model.flow.best.front().state);
    EXPECT_EQ(same.flow.losses.validation, model.flow.losses.validation);
    EXPECT_NE(tiny_flow(twin).transform.constants(), model.transform.constants());
}

TEST(TrainFlowStage, EmptySidebandsAreRefused) {
    const EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    EXPECT_THROW(tiny_flow(part(events, Partition::training, Region::signal_region)), InputError);
    EXPECT_THROW(tiny_flow(part(events, Partition::training, Region::sideband)), InputError);
    EXPECT_THROW(tiny_flow(part(events, Partition::validation, Region::sideband)), InputError);
}

}  // namespace
}  // namespace lacathode::test
