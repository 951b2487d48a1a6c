#include "lacathode/stages/train_classifier.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/replica_training.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "lacathode/stages/support/training_guard.hpp"

namespace lacathode {
namespace {

// Behind the streams of the epochs and trees.
constexpr std::size_t noise_stream = most_epochs + 1;

// Background that is generated has the masses of events that weigh less than nothing too, where no
// feature depends on them (lacathode-sample).
void require_masses_to_compare(const EventTable& data, const EventTable& background,
                               const FurtherInputs& further) {
    const auto negative = [](float weight) { return weight < 0; };
    if (background.has_weight() || std::ranges::none_of(data.weight, negative) ||
        std::ranges::find(further.inputs, FurtherInput::mass) == further.inputs.end())
        return;
    throw InputError(
        "train_classifier.further_inputs has mass, and the data have negative weights, by which "
        "the background's masses cannot be drawn: leave it out");
}

// Data and background of one partition, before standardisation.
struct Selected {
    EventTable data;
    EventTable background;
};

// The part of the data that the method takes for signal-like.
bool is_data(const EventTable& events, std::size_t row, Partition partition, Data wanted,
             const MassWindow& window) {
    if (!window.contains(events.mass[row]) || !events.is_mapped(row)) return false;
    if (wanted == Data::signal_region) return events.partition[row] == partition;
    const Partition aside = partition == Partition::training ? Partition::reference_training
                                                             : Partition::reference_validation;
    return events.partition[row] == aside && events.has_label() && events.label[row] == 1;
}

Selected select(Method method, const EventTable& data, const EventTable& background,
                Partition partition, const MassWindow& window, const FurtherInputs& further) {
    const auto data_rows = rows_where(data, [&](std::size_t row) {
        return is_data(data, row, partition, info(method).data, window);
    });
    const auto background_rows = rows_where(background, [&](std::size_t row) {
        // The strips alone lie beside the signal region.
        return background.partition[row] == partition && background.is_mapped(row) &&
               (info(method).background == Background::strips ||
                window.contains(background.mass[row]));
    });
    const std::string name = partition == Partition::training ? "training" : "validation";
    const std::string what = info(method).data == Data::signal_region
                                 ? "mapped signal-region "
                                 : "signal events set aside (prepare.extra_signal_training), ";
    require_events(data_rows.size(), 2, what + name + " events", "data");
    require_events(background_rows.size(), 2, "background " + name + " events", "background");
    return {further.added_to(data.take(data_rows), ClassifierRole::data),
            further.added_to(background.take(background_rows), ClassifierRole::background)};
}

// Both strips weigh the same, whatever their numbers of events (docs/method.md (7.3)). Background
// stands behind the data in `all`.
void weigh_strips(const Selected& selected, const MassWindow& window, ClassifierData& all) {
    const EventTable& background = selected.background;
    const auto is_lower = [&](double m) { return m <= window.low(); };
    const auto lower_events = std::ranges::count_if(background.mass, is_lower);
    if (lower_events == 0 || lower_events == std::ranges::ssize(background.mass)) {
        throw InputError(concat("background: all ", background.size(), " events lie ",
                                lower_events == 0 ? "above" : "below", " the signal region ",
                                window.text(),
                                ": cwola needs a strip on each side "
                                "(select_background.strip_width)"));
    }
    double lower = 0;
    double upper = 0;
    for (std::size_t row = 0; row < background.size(); ++row)
        (is_lower(background.mass[row]) ? lower : upper) += background.weight_of(row);
    if (!(lower > 0 && upper > 0)) {
        throw InputError(
            concat("background: the weights of the strips below and above the signal "
                   "region add up to ",
                   lower, " and ", upper, "; both must be more than 0"));
    }
    const std::size_t first = selected.data.size();
    for (std::size_t row = 0; row < background.size(); ++row) {
        const double of_strip = is_lower(background.mass[row]) ? lower : upper;
        all.weight[first + row] *= static_cast<float>((lower + upper) / (2 * of_strip));
    }
}

ClassifierData joined(const Selected& sets, const Standardisation& standardisation) {
    const Matrix<float> data = standardisation.forward(sets.data.features);
    const Matrix<float> background = standardisation.forward(sets.background.features);
    std::vector<float> values(data.values().begin(), data.values().end());
    values.insert(values.end(), background.values().begin(), background.values().end());
    ClassifierData result;
    result.x = Matrix<float>(data.rows() + background.rows(), data.cols(), std::move(values));
    result.target.assign(data.rows(), 1.0F);
    result.target.resize(result.x.rows(), 0.0F);
    for (const EventTable* events : {&sets.data, &sets.background}) {
        for (std::size_t row = 0; row < events->size(); ++row)
            result.weight.push_back(static_cast<float>(events->weight_of(row)));
    }
    return result;
}

MlpArchitecture architecture_of(const TrainClassifier::Config& config,
                                const ClassifierData& training) {
    return {.inputs = training.x.cols(), .hidden = config.hidden};
}

TrainedClassifier train(const TrainClassifier::Config& config, const ClassifierData& training,
                        const ClassifierData& validation, const Execution& execution,
                        const RandomStream& stream, TrainingKeeper* keeper) {
    if (config.model == ClassifierKind::trees) {
        return train_trees(training, validation, config.trees, stream, execution.threads, keeper);
    }
    const auto network = make_mlp(architecture_of(config, training), config.adam, execution);
    return train_mlp(*network, training, validation, config.training, stream, keeper);
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
    const std::optional<Method>& method = background.header().method;
    if (method) return *method;
    throw InputError(concat(background.path(),
                            " was not made by lacathode-sample or "
                            "lacathode-select-background: it names no method"));
}

void require_fitting(Method method, const EventReader& data, const EventReader& background) {
    const EventHeader& a = data.header();
    const EventHeader& b = background.header();
    if (info(method).space != Space::features && a.flow_hash != b.flow_hash) {
        throw InputError(concat(data.path(), " and ", background.path(),
                                " come from different flows ('", a.flow_hash, "' and '",
                                b.flow_hash,
                                "'): encode or transport the events, and sample, with the same "
                                "flow file"));
    }
    if (a.features != b.features || a.signal_region != b.signal_region || a.mass != b.mass) {
        throw InputError(concat(data.path(), " and ", background.path(),
                                " differ in mass, features, units or signal region: sample from "
                                "the flow of these events"));
    }
}

FurtherInputs further_inputs(const TrainClassifier::Config& config, const RandomStream& stream) {
    return {.inputs = config.further_inputs, .noise_seed = stream.at(noise_stream).next()};
}

RandomStream stream_of(const Job& job, Method method, std::size_t retraining) {
    return job.stream("train_classifier/" + method_name(method)).at(retraining);
}

void tell(const TrainClassifier::Sets& sets) {
    std::string text = "classifier:";
    for (const auto& [what, events] : sets.counts) text += concat(" ", what, " ", events);
    log_info(text);
}

// What a model says of its events.
struct Origin {
    Method method;
    const EventTable& data;
    const MassWindow& signal_region;
};

ClassifierModel model_of(TrainedClassifier trained, const TrainClassifier::Sets& sets,
                         const Origin& origin, const FurtherInputs& further) {
    return {.classifier = std::move(trained),
            .standardisation = sets.standardisation,
            .method = origin.method,
            .inputs = further.columns(origin.data.feature_columns, origin.data.mass_column),
            .further_inputs = further,
            .signal_region = origin.signal_region,
            .flow_hash = {},
            .counts = sets.counts,
            .hash = {}};
}

// The two files, which fit each other, and what an output says of them.
class Inputs {
  public:
    explicit Inputs(const TrainClassifier::Paths& paths)
        : background_(paths.background, {EventKind::events, EventKind::latent}),
          method_(method_of(background_)),
          // A generated toy stands for either space.
          data_(paths.data, background_.kind()) {
        require_fitting(method_, data_, background_);
        require_valid_partitions({paths.background, origins()}, data_);
    }

    [[nodiscard]] Method method() const { return method_; }
    [[nodiscard]] const MassWindow& signal_region() const { return data_.header().signal_region; }
    [[nodiscard]] std::string names() const { return data_.path() + ", " + background_.path(); }
    [[nodiscard]] EventTable data() const { return mark_outside(data_.read_all(), box()); }
    [[nodiscard]] EventTable background() const {
        return mark_outside(background_.read_all(), box());
    }

    void begin(Job& job, const TrainClassifier::Config& config, const Execution& execution) const {
        job.goes_back_to(united(data_.provenance().origins, origins()));
        if (config.model == ClassifierKind::mlp) job.computed_on(execution);
        job.made_from(data_.record("data"));
        job.made_from(background_.record("background"));
    }

    void finish(Job& job, ClassifierModel model, std::size_t retraining) const {
        model.flow_hash = background_.header().flow_hash;
        model.box = box();
        job.report("method", method_name(method_));
        job.report("retraining", static_cast<std::int64_t>(retraining));
        std::visit([&job](const auto& classifier) { report(job, classifier); }, model.classifier);
        job.report(model.counts);
        OutputFile file(job.output(), FileFormat::classifier, job.overwrite());
        write_classifier(file, model);
        job.commit(file);
    }

  private:
    [[nodiscard]] const EventOrigins& origins() const { return background_.provenance().origins; }
    [[nodiscard]] const std::optional<FeatureBox>& box() const { return background_.header().box; }

    EventReader background_;
    Method method_;
    EventReader data_;
};

}  // namespace

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

TrainClassifier::Sets TrainClassifier::sets(Method method, const EventTable& data,
                                            const EventTable& background,
                                            const MassWindow& signal_region,
                                            const FurtherInputs& further_inputs) {
    require_masses_to_compare(data, background, further_inputs);
    const auto of = [&](Partition partition) {
        return select(method, data, background, partition, signal_region, further_inputs);
    };
    const Selected training = of(Partition::training);
    const Selected validation = of(Partition::validation);
    const Standardisation standardisation = Standardisation::fit(training.data.features);
    Sets sets{.training = joined(training, standardisation),
              .validation = joined(validation, standardisation),
              .standardisation = standardisation,
              .counts = {}};
    set_class_weights(sets.training, sets.validation);
    if (info(method).background == Background::strips) {
        weigh_strips(training, signal_region, sets.training);
        weigh_strips(validation, signal_region, sets.validation);
    }
    const auto count = [&sets](const char* name, const EventTable& events) {
        sets.counts.emplace_back(name, static_cast<std::int64_t>(events.size()));
    };
    count("training_data", training.data);
    count("training_background", training.background);
    count("validation_data", validation.data);
    count("validation_background", validation.background);
    return sets;
}

ClassifierModel TrainClassifier::compute(const Config& config, Method method,
                                         const EventTable& data, const EventTable& background,
                                         const MassWindow& signal_region,
                                         const Execution& execution, const RandomStream& stream,
                                         TrainingKeeper* keeper) {
    const FurtherInputs further = further_inputs(config, stream);
    const Sets sets = TrainClassifier::sets(method, data, background, signal_region, further);
    tell(sets);
    return model_of(train(config, sets.training, sets.validation, execution, stream, keeper), sets,
                    {method, data, signal_region}, further);
}

void TrainClassifier::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const Inputs inputs(paths);
    inputs.begin(job, config, execution);
    const ClassifierModel model = with_path(inputs.names(), [&] {
        return compute(config, inputs.method(), inputs.data(), inputs.background(),
                       inputs.signal_region(), execution,
                       stream_of(job, inputs.method(), config.retraining), &job.training_keeper());
    });
    inputs.finish(job, model, config.retraining);
}

bool TrainClassifier::trains_together(const Config& config, const Execution& execution) {
    return config.model == ClassifierKind::mlp && !runs_on_engine(execution);
}

void TrainClassifier::run_together(const Config& config, const Paths& paths,
                                   std::span<RetrainingJob> jobs) {
    const Execution execution = jobs.front().job.execution();
    const Inputs inputs(paths);
    for (RetrainingJob& one : jobs) inputs.begin(one.job, config, execution);
    const EventTable data = inputs.data();
    const EventTable background = inputs.background();
    const auto sets_of = [&](const RetrainingJob& one) {
        const RandomStream stream = stream_of(one.job, inputs.method(), one.number);
        return TrainClassifier::sets(inputs.method(), data, background, inputs.signal_region(),
                                     further_inputs(config, stream));
    };
    const auto train_chunk = [&](std::span<RetrainingJob> chunk, TrainingKeeper& keeper) {
        // A number that says nothing is another one in each retraining; all else they share.
        const bool differ = std::ranges::count(config.further_inputs, FurtherInput::noise) > 0;
        std::vector<Sets> sets;
        for (const RetrainingJob& one : chunk.first(differ ? chunk.size() : 1))
            sets.push_back(sets_of(one));
        ReplicaData<ClassifierData> events{
            .replicas = chunk.size(), .training = {}, .validation = {}};
        for (const Sets& one : sets) {
            events.training.push_back(&one.training);
            events.validation.push_back(&one.validation);
        }
        std::vector<Retraining> trainings;
        for (const RetrainingJob& one : chunk)
            trainings.push_back({one.number, stream_of(one.job, inputs.method(), one.number)});
        const auto networks = make_mlp_replicas(architecture_of(config, sets.front().training),
                                                config.adam, events, execution);
        auto results = train_mlp_replicas(*networks, events, config.training, trainings,
                                          execution.threads, &keeper);
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            chunk[i].failure = results[i].failure;
            if (!results[i].trained) continue;
            inputs.finish(chunk[i].job,
                          model_of(std::move(*results[i].trained), sets[differ ? i : 0],
                                   {inputs.method(), data, inputs.signal_region()},
                                   further_inputs(config, trainings[i].stream)),
                          chunk[i].number);
        }
    };
    with_path(inputs.names(), [&] {
        const Sets first = sets_of(jobs.front());
        tell(first);
        const ReplicaMemory memory = replica_memory(
            architecture_of(config, first.training),
            {first.training.size(), first.validation.size(), config.training.batch_size});
        in_chunks(jobs, memory, execution, train_chunk);
    });
}

Summary TrainClassifier::run_retrainings(const Config& config, const Paths& paths,
                                         const StageContext& context) {
    return train_replicas<TrainClassifier>(config, paths, context);
}

}  // namespace lacathode
