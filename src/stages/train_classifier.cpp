#include "lacathode/stages/train_classifier.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/settings.hpp"

namespace lacathode {
namespace {

// Data and background of one partition, before standardisation.
struct Sets {
    EventTable data;
    EventTable background;
};

Sets select(const EventTable& data, const EventTable& background, Partition partition,
            const MassWindow& window) {
    const auto data_rows = rows_where(data, [&](std::size_t row) {
        return data.partition[row] == partition && window.contains(data.mass[row]) &&
               data.is_mapped(row);
    });
    const auto background_rows = rows_where(background, [&](std::size_t row) {
        return background.partition[row] == partition && window.contains(background.mass[row]) &&
               background.is_mapped(row);
    });
    const std::string name = partition == Partition::training ? "training" : "validation";
    require_events(data_rows.size(), 2, "mapped signal-region " + name + " events", "data");
    require_events(background_rows.size(), 2, "background " + name + " events", "background");
    return {data.take(data_rows), background.take(background_rows)};
}

ClassifierData joined(const Sets& sets, const Standardisation& standardisation) {
    const Matrix<float> data = standardisation.forward(sets.data.features);
    const Matrix<float> background = standardisation.forward(sets.background.features);
    std::vector<float> values(data.values().begin(), data.values().end());
    values.insert(values.end(), background.values().begin(), background.values().end());
    ClassifierData result;
    result.x = Matrix<float>(data.rows() + background.rows(), data.cols(), std::move(values));
    result.target.assign(data.rows(), 1.0F);
    result.target.resize(result.x.rows(), 0.0F);
    return result;
}

TrainedClassifier train(const TrainClassifier::Config& config, const ClassifierData& training,
                        const ClassifierData& validation, const Execution& execution,
                        const RandomStream& stream) {
    if (config.model == ClassifierKind::trees) {
        return train_trees(training, validation, config.trees, stream, execution.threads);
    }
    const auto network =
        make_mlp({.inputs = training.x.cols(), .hidden = config.hidden}, config.adam, execution);
    return train_mlp(*network, training, validation, config.training, stream);
}

void report(Job& job, const TrainedMlp& mlp) {
    job.report("best_epoch", static_cast<std::int64_t>(mlp.best.front().epoch));
    job.report("validation_loss", mlp.best.front().validation_loss);
}
void report(Job& job, const TrainedTrees& trees) {
    const std::size_t kept = trees.ensemble.trees();
    job.report("trees", static_cast<std::int64_t>(kept));
    job.report("validation_loss", trees.validation_loss.at(kept));
}

Method method_of(const EventReader& background) {
    if (background.header().method) return *background.header().method;
    throw InputError(
        concat(background.path(), " was not made by lacathode-sample: it names no method"));
}

void require_fitting(const EventReader& data, const EventReader& background) {
    const EventHeader& a = data.header();
    const EventHeader& b = background.header();
    if (data.kind() == EventKind::latent && a.flow_hash != b.flow_hash) {
        throw InputError(concat(data.path(), " and ", background.path(),
                                " come from different flows (", a.flow_hash, " and ", b.flow_hash,
                                "): encode and sample with the same flow file"));
    }
    if (a.features != b.features || a.signal_region != b.signal_region || a.mass != b.mass) {
        throw InputError(concat(data.path(), " and ", background.path(),
                                " differ in mass, features, units or signal region: sample from "
                                "the flow of these events"));
    }
}

}  // namespace

Section TrainClassifier::section(Config& c) {
    return {name,
            {{"retraining", "",
              "Number of this independent training, from 0; each has its own random streams.",
              &c.retraining, Range::count(0), "run"},
             {"model", "", "mlp: neural network; trees: boosted decision trees.",
              choice(c.model, classifier_kinds())},
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
    if (found.empty()) found.add(lacathode::problems(c.training), "train_classifier: ");
    if (found.empty()) found.add(lacathode::problems(c.trees), "train_classifier: trees: ");
    return found.take();
}

std::vector<Argument> TrainClassifier::arguments(Paths& paths) {
    return {{"data", ArgumentKind::input, "Latent file (lacathode) or events file (cathode).",
             &paths.data},
            {"background", ArgumentKind::input,
             "Background from lacathode-sample; it decides the method.", &paths.background},
            {"output", ArgumentKind::output, "Classifier file to write.", &paths.output}};
}

std::vector<std::string> TrainClassifier::lacks(const Config& /*config*/,
                                                const EventCounts& events) {
    Problems found;
    const auto need = [&](Partition partition, const char* what) {
        const std::size_t count = events.all(partition, Region::signal_region);
        found.unless(count >= 2, count, " signal-region ", what,
                     " events; the classifier needs 2 at least");
    };
    need(Partition::training, "training");
    need(Partition::validation, "validation");
    return found.take();
}

ClassifierModel TrainClassifier::compute(const Config& config, Method method,
                                         const EventTable& data, const EventTable& background,
                                         const MassWindow& signal_region,
                                         const Execution& execution, const RandomStream& stream) {
    const Sets training_sets = select(data, background, Partition::training, signal_region);
    const Sets validation_sets = select(data, background, Partition::validation, signal_region);
    Standardisation standardisation = Standardisation::fit(training_sets.data.features);
    ClassifierData training = joined(training_sets, standardisation);
    ClassifierData validation = joined(validation_sets, standardisation);
    set_class_weights(training, validation);
    log_info(concat("classifier: ", training_sets.data.size(), " data and ",
                    training_sets.background.size(), " background training events, ",
                    validation_sets.data.size(), " and ", validation_sets.background.size(),
                    " validation events"));
    return {.classifier = train(config, training, validation, execution, stream),
            .standardisation = std::move(standardisation),
            .method = method,
            .inputs = data.feature_columns,
            .signal_region = signal_region,
            .flow_hash = {},
            .counts = {{"training_data", static_cast<std::int64_t>(training_sets.data.size())},
                       {"training_background",
                        static_cast<std::int64_t>(training_sets.background.size())},
                       {"validation_data", static_cast<std::int64_t>(validation_sets.data.size())},
                       {"validation_background",
                        static_cast<std::int64_t>(validation_sets.background.size())}},
            .hash = {}};
}

void TrainClassifier::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const EventReader background(paths.background, {EventKind::events, EventKind::latent});
    const Method method = method_of(background);
    // A generated toy stands for either space.
    const EventReader data(paths.data, background.kind());
    require_fitting(data, background);
    ClassifierModel model = with_path(paths.data + ", " + paths.background, [&] {
        return compute(config, method, data.read_all(), background.read_all(),
                       data.header().signal_region, execution,
                       job.stream("train_classifier/" + method_name(method)).at(config.retraining));
    });
    model.flow_hash = background.header().flow_hash;
    job.made_from(data.record("data"));
    job.made_from(background.record("background"));
    job.report("method", method_name(method));
    job.report("retraining", static_cast<std::int64_t>(config.retraining));
    std::visit([&job](const auto& classifier) { report(job, classifier); }, model.classifier);
    job.report(model.counts);
    OutputFile file(paths.output, FileFormat::classifier, job.overwrite());
    write_classifier(file, model);
    job.commit(file);
}

}  // namespace lacathode
