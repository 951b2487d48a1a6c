// Which events the flow learns from.
#include <gtest/gtest.h>

#include <map>

#include "lacathode/core/errors.hpp"
#include "stages/toy_chain.hpp"
#include "support/scratch.hpp"

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
    EXPECT_EQ(model.region, Region::sideband);
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

TEST(TrainFlowStage, EventsAreTrainedWithTheirWeights) {
    const auto weight_at = [](double mass) { return mass > 0 ? 3.0 : 1.0; };
    EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    for (const double mass : events.mass)
        events.weight.push_back(static_cast<float>(weight_at(mass)));
    const TrainFlow::Sets sets = TrainFlow::sets({}, events, toy_window());
    const auto expect_weights = [&](const FlowData& data, double scale) {
        ASSERT_EQ(data.weight.size(), data.size());
        for (std::size_t row = 0; row < data.size(); ++row) {
            EXPECT_NEAR(data.weight_of(row), scale * weight_at(static_cast<double>(data.mass[row])),
                        1e-6);
        }
    };
    double sum = 0;
    for (const float mass : sets.training.mass) sum += weight_at(static_cast<double>(mass));
    // Of a training the mean weight is one.
    expect_weights(sets.training, static_cast<double>(sets.training.size()) / sum);
    expect_weights(sets.validation, 1);
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

// The inner flow of anode: whatever happens in the sidebands, or in the test part.
TEST(TrainFlowStage, TheFlowOfTheSignalRegionIsBlindToSidebandsAndTestEvents) {
    EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    // Every other event into the signal region, which has few.
    for (std::size_t row = 0; row < events.size(); row += 2) events.mass[row] *= 0.02;
    const auto is_seen = [&](std::size_t row) {
        const Partition part = events.partition[row];
        return toy_window().contains(events.mass[row]) &&
               (part == Partition::training || part == Partition::validation);
    };
    const auto changed = [&](const auto& which) {
        EventTable copy = events;
        for (std::size_t row = 0; row < copy.size(); ++row) {
            if (!which(row)) continue;
            for (float& value : copy.features.row(row)) value = 2 * value + 50;
        }
        return copy;
    };
    const auto inner_flow = [](const EventTable& seen) {
        const TrainFlow::Config config{.architecture = {.features = 2, .hidden = 8, .blocks = 2},
                                       .training = {.epochs = 3, .batch_size = 256, .keep_best = 1},
                                       .adam = {},
                                       .region = Region::signal_region};
        return TrainFlow::compute(config, seen, toy_window(), engine(), RandomStream(1, "flow"));
    };
    const FlowModel model = inner_flow(events);
    EXPECT_EQ(model.region, Region::signal_region);
    const auto expect_same = [&](const EventTable& other) {
        const FlowModel same = inner_flow(other);
        EXPECT_EQ(same.transform.constants(), model.transform.constants());
        EXPECT_TRUE(same.flow.best.front().state == model.flow.best.front().state);
        EXPECT_EQ(same.flow.losses.training, model.flow.losses.training);
        EXPECT_EQ(same.flow.losses.validation, model.flow.losses.validation);
    };
    {
        SCOPED_TRACE("test events");
        expect_same(
            changed([&](std::size_t row) { return events.partition[row] == Partition::test; }));
    }
    {
        SCOPED_TRACE("sideband events");
        expect_same(
            changed([&](std::size_t row) { return !toy_window().contains(events.mass[row]); }));
    }
    // The twins that must differ: validation events alone, training events alone.
    for (const Partition part : {Partition::training, Partition::validation}) {
        const FlowModel other = inner_flow(changed([&](std::size_t row) {
            return is_seen(row) && events.partition[row] == part && row % 4 == 0;
        }));
        EXPECT_NE(other.flow.losses.validation, model.flow.losses.validation);
    }
}

TEST(TrainFlowStage, EmptySidebandsAreRefused) {
    const EventTable events = toy_data({.correlation = 0.1}, 10'000, 4);
    EXPECT_THROW(tiny_flow(part(events, Partition::training, Region::signal_region)), InputError);
    EXPECT_THROW(tiny_flow(part(events, Partition::training, Region::sideband)), InputError);
    EXPECT_THROW(tiny_flow(part(events, Partition::validation, Region::sideband)), InputError);
}

// Before any network is made, whatever makes it.
TEST(TrainFlowStage, ValidationEventsOfWhichNoneIsInTheBoxAreRefused) {
    EventTable events = toy_data({.correlation = 0.1}, 1000, 4);
    for (std::size_t row = 0; row < events.size(); ++row)
        if (events.partition[row] == Partition::validation) events.features(row, 0) = 1e6F;
    const std::string message = message_of<InputError>([&] { (void)tiny_flow(events); });
    EXPECT_NE(message.find("0 sideband validation events inside the box"), std::string::npos)
        << message;
}

}  // namespace
}  // namespace lacathode::test
