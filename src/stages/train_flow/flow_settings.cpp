// The keys of section "train_flow", what is wrong with their values, and its files.
#include "lacathode/core/problems.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode {

Section TrainFlow::section(Config& c) {
    return {
        name,
        {{"hidden", "units", "Units of both hidden layers of a MADE block.", &c.architecture.hidden,
          Range::within(1, most_hidden)},
         {"blocks", "", "Number of [MADE, batch norm, reversal] blocks.", &c.architecture.blocks,
          Range::within(1, 100)},
         {"epochs", "epochs", "Passes over the training events.", &c.training.epochs,
          Range::within(1, most_epochs)},
         {"batch_size", "events", "Events a step.", &c.training.batch_size, Range::count(2)},
         keep_best_field(c.training.keep_best, "Checkpoints kept, lowest validation loss first."),
         learning_rate_field(c.adam.learning_rate),
         schedule_field(c.training.schedule),
         weight_decay_field(c.adam.weight_decay),
         {"box_margin", "",
          "Fraction of a feature's range in the training events by which the flow maps more on "
          "either side.",
          &c.box_margin, Range::within(0, 10)},
         {"region", "",
          "Where the flow learns: sideband (the background), or signal_region for the inner flow "
          "of ANODE.",
          choice(c.region, {"signal_region", "sideband"})},
         retraining_field(c.retraining)}};
}

std::vector<std::string> TrainFlow::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    if (found.empty()) found.add(lacathode::problems(c.training), "train_flow: ");
    return found.take();
}

std::vector<Argument> TrainFlow::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"output", ArgumentKind::output, "Flow file to write.", &paths.output},
            replicas_argument(paths.replicas)};
}

}  // namespace lacathode
