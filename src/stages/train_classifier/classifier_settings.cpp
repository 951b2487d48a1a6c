// The keys of section "train_classifier", what is wrong with their values, and its files.
#include <algorithm>
#include <set>

#include "lacathode/core/problems.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/train_classifier.hpp"

namespace lacathode {

Section TrainClassifier::section(Config& c) {
    return {name,
            {{"retraining", "",
              "Number of this independent training, from 0; each has its own random streams.",
              &c.retraining, Range::count(0), "run"},
             {"model", "", "mlp: neural network; trees: boosted decision trees.",
              choice(c.model, classifier_kinds())},
             {"further_inputs", "",
              "What the classifier sees beside the features: mass, the resonant variable (its cut "
              "may sculpt it); noise, a random number that says nothing.",
              choices(c.further_inputs, further_input_names())},
             {"validation_fraction", "",
              "Of its training and validation events, those that each training draws to validate "
              "with, so that several learn from all of them; 0: those that lacathode-prepare set "
              "aside, in all trainings the same.",
              &c.validation_fraction, Range::within(0, 0.9)},
             {"hidden", "units", "Units of each hidden layer.", &c.hidden,
              Range::within(1, most_hidden)},
             {"epochs", "epochs", "Passes over the training events.", &c.training.epochs,
              Range::within(1, most_epochs)},
             {"batch_size", "events", "Events a step.", &c.training.batch_size, Range::count()},
             keep_best_field(c.training.keep_best,
                             "Epochs of lowest validation loss whose scores are averaged."),
             learning_rate_field(c.adam.learning_rate),
             schedule_field(c.training.schedule),
             weight_decay_field(c.adam.weight_decay),
             {"tree_count", "trees", "Trees at most; early stopping may keep fewer.",
              &c.trees.trees, Range::within(1, most_epochs)},
             {"tree_leaves", "", "Leaves of a tree at most.", &c.trees.leaves,
              Range::within(2, 65'536)},
             {"tree_bins", "", "Bins of each input at most.", &c.trees.bins, Range::within(2, 255)},
             {"tree_learning_rate", "", "Factor on every leaf value.", &c.trees.learning_rate,
              Range::positive(1)},
             {"tree_l2", "", "L2 term added to the hessian of a leaf.", &c.trees.l2,
              Range::at_least(0)},
             {"tree_minimum_events", "events", "Events in a leaf at least.",
              &c.trees.minimum_events, Range::count()},
             {"tree_patience", "trees",
              "Trees without a lower validation loss before the training stops.", &c.trees.patience,
              Range::within(1, most_epochs)},
             {"tree_subsample", "",
              "Fraction of the training events that a tree is grown on; 1 makes all retrainings "
              "equal.",
              &c.trees.subsample, Range::within(0.01, 1)}}};
}

std::vector<std::string> TrainClassifier::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.hidden.empty(),
                 "train_classifier.hidden must list at least one layer of at least one unit");
    found.unless(std::set(c.further_inputs.begin(), c.further_inputs.end()).size() ==
                     c.further_inputs.size(),
                 "train_classifier.further_inputs names an input twice");
    if (found.empty()) found.add(lacathode::problems(c.training), "train_classifier: ");
    if (found.empty()) found.add(lacathode::problems(c.trees), "train_classifier: trees: ");
    return found.take();
}

std::vector<Argument> TrainClassifier::arguments(Paths& paths) {
    return {{"data", ArgumentKind::input,
             "Latent file (lacathode), events moved to one mass (double_map) or events file.",
             &paths.data},
            {"background", ArgumentKind::input,
             "Background from lacathode-sample or -select-background; it decides the method.",
             &paths.background},
            {"output", ArgumentKind::output, "Classifier file to write.", &paths.output},
            replicas_argument(paths.replicas)};
}

std::vector<std::string> TrainClassifier::lacks(Data wanted, const EventCounts& events) {
    Problems found;
    const auto need = [&](std::size_t count, const char* what) {
        found.unless(count >= 2, count, what, " events; the classifier needs 2 at least");
    };
    const auto data = [&](Partition partition) {
        return events.all(partition, Region::signal_region);
    };
    const auto signal = [&](Partition partition) {
        return events.signal(partition, Region::signal_region);
    };
    switch (wanted) {
        case Data::signal_region:
            need(data(Partition::training), " signal-region training");
            need(data(Partition::validation), " signal-region validation");
            break;
        case Data::labelled_signal:
            need(signal(Partition::reference_training),
                 " signal events set aside (prepare.extra_signal_training), training");
            need(signal(Partition::reference_validation),
                 " signal events set aside (prepare.extra_signal_validation), validation");
            break;
    }
    return found.take();
}

}  // namespace lacathode
