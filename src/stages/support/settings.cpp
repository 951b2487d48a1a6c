#include "lacathode/stages/support/settings.hpp"

namespace lacathode {

void check_window(Problems& found, const std::string& section, double low, double high) {
    found.unless(!(low >= high), section, ".signal_region_low = ", low, " must be below ", section,
                 ".signal_region_high = ", high);
}

Field denominator_field(Denominator& denominator) {
    return {"denominator", "",
            "Efficiencies relative to all events, or to those that the flow maps (papers).",
            choice(denominator, {"all", "mapped"})};
}

Field learning_rate_field(double& learning_rate) {
    return {"learning_rate", "", "Adam's learning rate; of a schedule, the highest.",
            &learning_rate, Range::positive()};
}

Field schedule_field(LearningRateSchedule& schedule) {
    return {"schedule", "",
            "Learning rate over the training: constant, or one_cycle (warm-up, then half a cosine "
            "to 0).",
            choice(schedule, {"constant", "one_cycle"})};
}

Field weight_decay_field(double& weight_decay) {
    return {"weight_decay", "", "L2 term added to the gradient.", &weight_decay,
            Range::at_least(0)};
}

Field block_rows_field(std::size_t& block_rows) {
    return {"block_rows", "events", "Events in memory at a time.", &block_rows, Range::count()};
}

std::vector<Column> latent_columns(std::size_t features) {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < features; ++i) columns.push_back({concat("z", i), "1"});
    return columns;
}

}  // namespace lacathode
