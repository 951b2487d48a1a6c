#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

void check_window(Problems& found, const std::string& section, double low, double high) {
    found.unless(!(low >= high), section, ".signal_region_low = ", low, " must be below ", section,
                 ".signal_region_high = ", high);
}

std::string evaluated_part_name(EvaluatedPart part) {
    return evaluated_part_names[static_cast<std::size_t>(part)];
}

Partition partition_of(EvaluatedPart part) {
    return part == EvaluatedPart::test ? Partition::test : Partition::validation;
}

Field unmapped_field(Unmapped& unmapped) {
    return {"unmapped", "",
            "Events outside the flow's range: rejected (never selected, but counted in every "
            "efficiency), excluded (left out of efficiencies, as the papers do) or selected.",
            choice(unmapped, {std::begin(unmapped_names), std::end(unmapped_names)})};
}

Field evaluated_part_field(EvaluatedPart& part) {
    return {"partition", "",
            "Part of the data to evaluate: test for results, validation for choosing settings.",
            choice(part, {std::begin(evaluated_part_names), std::end(evaluated_part_names)})};
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

Field keep_best_field(std::size_t& keep_best, const std::string& help) {
    return {"keep_best", "epochs", help + " 0: ten, or every epoch if there are fewer.", &keep_best,
            Range::within(0, most_epochs)};
}

Field retraining_field(std::size_t& retraining) {
    return {"retraining", "", "Number of the independent training; selects its random streams.",
            &retraining, Range::within(0, most_retrainings - 1)};
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
