#include "lacathode/stages/score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

void require_fitting(const ClassifierModel& model, const EventReader& events,
                     const std::string& classifier_path) {
    const EventHeader& header = events.header();
    require_flow_of_background(header.flow_region, events.path());
    require_space(model.method, events);
    if (info(model.method).space != Space::features && header.flow_hash != model.flow_hash) {
        throw InputError(concat(
            events.path(), " lies in the space of flow '", header.flow_hash, "', but ",
            classifier_path, " was trained in that of flow '", model.flow_hash,
            "': encode or transport the events with the classifier's flow, or train a classifier "
            "for this one"));
    }
    const auto inputs = model.further_inputs.columns(header.features, header.mass);
    if (inputs != model.inputs || header.signal_region != model.signal_region) {
        throw InputError(concat(events.path(), " and ", classifier_path,
                                " differ in inputs, units or signal region: score the events that "
                                "the classifier is for"));
    }
}

// Whether training may have learned from validation events of the file: those that it drew
// otherwise. Background that it was not trained with is no data of anybody.
bool learned_from_validation(const ClassifierModel& model, const EventReader& events) {
    if (model.validation_fraction == 0) return false;
    return !events.header().method || events.content_hash() == model.background_hash;
}

}  // namespace

Section Score::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Argument> Score::arguments(Paths& paths) {
    return {{"classifier", ArgumentKind::input,
             "Classifier file (from lacathode-train-classifier).", &paths.classifier},
            {"events", ArgumentKind::input,
             "Latent file (lacathode), events moved to one mass (double_map) or events file.",
             &paths.events},
            {"output", ArgumentKind::output, "Scores file to write.", &paths.output}};
}

EventTable Score::compute(const ClassifierModel& model, const Scorer& scorer,
                          const EventTable& events) {
    Matrix<float> inputs = model.standardisation.forward(
        model.further_inputs.added_to(events, ClassifierRole::data).features);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) std::ranges::fill(inputs.row(row), 0.0F);
    }
    std::vector<float> score = scorer.score(inputs);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) {
            score[row] = std::numeric_limits<float>::quiet_NaN();
        } else if (!std::isfinite(score[row])) {
            throw InputError(concat("the score of the event with source_row ",
                                    events.source_row[row], " is ", score[row],
                                    ": its features or the classifier's weights are beyond what "
                                    "float32 can compute with"));
        }
    }
    EventTable scored = events;
    scored.feature_columns = {{"score", "1"}};
    scored.features = Matrix<float>(events.size(), 1, std::move(score));
    return scored;
}

void Score::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const ClassifierModel model = read_classifier(paths.classifier);
    const EventReader reader(paths.events, event_kind(info(model.method).space));
    require_fitting(model, reader, paths.classifier);
    require_valid_partitions({paths.classifier, model.trained_on}, reader);
    const auto scorer = load_scorer(model, execution);
    EventHeader header = reader.header();
    header.features = {{"score", "1"}};
    header.has_mapped = header.has_mapped || model.box;
    header.flow_hash = model.hash;
    header.method = model.method;
    header.box.reset();
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::scores, header, job.overwrite());
    const bool has_learned_from_validation = learned_from_validation(model, reader);
    MappingReport mapping(model.signal_region);
    Progress progress("score", reader.rows());
    for (EventTable& block : reader.blocks(config.block_rows)) {
        EventTable events = mark_outside(std::move(block), model.box);
        if (has_learned_from_validation) {
            std::ranges::replace(events.partition, Partition::validation, Partition::training);
        }
        const EventTable scored = with_path(paths.classifier + ", " + paths.events,
                                            [&] { return compute(model, *scorer, events); });
        mapping.add(scored);
        writer.append(scored);
        progress.add(scored.size());
    }
    // Of latent events, lacathode-encode has told it.
    if (model.box) mapping.log(paths.output);
    Counts counts = mapping.counts();
    count_signal_in_training(counts, signal_in_training_of(model.counts));
    writer.set_counts(std::move(counts));
    job.goes_back_to(reader.provenance().origins);
    if (std::holds_alternative<TrainedMlp>(model.classifier)) job.computed_on(execution);
    job.made_from({"classifier", paths.classifier, model.hash});
    job.made_from(reader.record("events"));
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
