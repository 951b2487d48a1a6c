// The events that a flow learns from.
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode {
namespace {

constexpr std::size_t least_events = 2;  // batch norm compares events

const char* region_name(Region region) {
    return region == Region::sideband ? "sideband" : "signal-region";
}

// The mapped events of one partition as the flow sees them.
struct RegionData {
    FlowData data;
    std::size_t outside_box = 0;
};

RegionData region_data(const FeatureTransform& transform, const EventTable& events) {
    const FeatureTransform::Forward forward = transform.forward(events.features);
    const std::size_t features = events.features.cols();
    RegionData result;
    std::vector<float> values;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (forward.mapped[row] == 0) {
            ++result.outside_box;
            continue;
        }
        const auto y = forward.y.row(row);
        values.insert(values.end(), y.begin(), y.end());
        result.data.mass.push_back(static_cast<float>(events.mass[row]));
        if (events.has_weight()) result.data.weight.push_back(events.weight[row]);
    }
    result.data.y = Matrix<float>(result.data.mass.size(), features, std::move(values));
    return result;
}

}  // namespace

std::vector<std::string> TrainFlow::lacks(const Config& config, const EventCounts& events) {
    Problems found;
    const auto need = [&](Partition partition, const char* what) {
        const std::size_t count = events.all(partition, config.region);
        found.unless(count >= least_events, count, " ", region_name(config.region), " ", what,
                     " events; the flow needs ", least_events, " at least");
    };
    need(Partition::training, "training");
    need(Partition::validation, "validation");
    return found.take();
}

TrainFlow::Sets TrainFlow::sets(const Config& config, const EventTable& events,
                                const MassWindow& signal_region) {
    const std::string region = region_name(config.region);
    const auto of_region = [&](Partition partition, const char* part) {
        const auto rows = rows_of(events, partition, config.region, signal_region);
        require_events(rows.size(), least_events, concat(region, " ", part, " events"), "");
        return events.take(rows);
    };
    const EventTable training_events = of_region(Partition::training, "training");
    const EventTable validation_events = of_region(Partition::validation, "validation");
    const FeatureTransform transform =
        FeatureTransform::fit(training_events.features, config.box_margin);
    RegionData training = region_data(transform, training_events);
    set_mean_weight_one(training.data);
    RegionData validation = region_data(transform, validation_events);
    const auto inside = [&region](const RegionData& set, const char* part) {
        require_events(set.data.size(), 1,
                       concat(region, " ", part, " events inside the box of the transform"), "");
    };
    inside(training, "training");
    inside(validation, "validation");
    require_positive_weights(validation.data, "validation");
    log_info(concat("flow: ", training.data.size(), " ", region, " training and ",
                    validation.data.size(), " validation events (", training.outside_box, " and ",
                    validation.outside_box, " more outside the box of the transform)"));
    const auto count = [](std::size_t events_of_a_kind) {
        return static_cast<std::int64_t>(events_of_a_kind);
    };
    Counts counts = {{"training_events", count(training.data.size())},
                     {"training_outside_box", count(training.outside_box)},
                     {"validation_events", count(validation.data.size())},
                     {"validation_outside_box", count(validation.outside_box)}};
    return {.transform = transform,
            .training = std::move(training.data),
            .validation = std::move(validation.data),
            .counts = std::move(counts)};
}

}  // namespace lacathode
