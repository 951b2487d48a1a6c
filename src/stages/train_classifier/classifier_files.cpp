#include "stages/train_classifier/classifier_files.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/training_guard.hpp"

namespace lacathode {
namespace {

Method method_of(const EventReader& background) {
    const std::optional<Method>& method = background.header().method;
    if (method) return *method;
    throw InputError(concat(background.path(),
                            " was not made by lacathode-sample or "
                            "lacathode-select-background: it names no method"));
}

// What was drawn or selected as background names the method that it is for.
void require_data(const EventReader& data) {
    const std::optional<Method>& method = data.header().method;
    if (!method) return;
    throw InputError(concat(data.path(), " is background for ", method_name(*method),
                            " (from lacathode-sample or lacathode-select-background) and no data: "
                            "give the data's own file with --data, and background with "
                            "--background"));
}

void require_fitting(Method method, const EventReader& data, const EventReader& background) {
    const EventHeader& a = data.header();
    const EventHeader& b = background.header();
    require_data(data);
    for (const EventReader* events : {&data, &background}) {
        require_flow_of_background(events->header().flow_region, events->path());
        require_space(method, *events);
    }
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

void report(Job& job, const TrainedMlp& mlp) {
    job.report("best_epoch", static_cast<std::int64_t>(mlp.best.front().epoch));
    job.report("validation_loss", mlp.best.front().validation_loss);
}
void report(Job& job, const TrainedTrees& trees) {
    const std::size_t kept = trees.ensemble.trees();
    job.report("trees", static_cast<std::int64_t>(kept));
    job.report("validation_loss", trees.validation_loss.at(kept));
}

}  // namespace

ClassifierFiles::ClassifierFiles(Method method, const EventReader& data,
                                 const EventReader& background)
    : method_(method),
      data_(data.header()),
      background_(background.header()),
      data_record_(data.record("data")),
      background_record_(background.record("background")),
      origins_(united(data.provenance().origins, background.provenance().origins)) {
    require_fitting(method_, data, background);
    require_valid_partitions({background.path(), background.provenance().origins}, data);
}

std::string ClassifierFiles::names() const {
    return data_record_.path + ", " + background_record_.path;
}

void ClassifierFiles::begin(Job& job, const TrainClassifier::Config& config,
                            const Execution& execution) const {
    job.goes_back_to(origins_);
    if (config.model == ClassifierKind::mlp) job.computed_on(execution);
    job.made_from(data_record_);
    job.made_from(background_record_);
}

void ClassifierFiles::finish(Job& job, ClassifierModel model, std::size_t retraining) const {
    const HeldInterrupts held;  // what is trained is written
    if (job.is_made_by_another()) return;
    model.flow_hash = background_.flow_hash;
    model.box = background_.box;
    job.report("method", method_name(method_));
    job.report("retraining", static_cast<std::int64_t>(retraining));
    std::visit([&job](const auto& classifier) { report(job, classifier); }, model.classifier);
    job.report(model.counts);
    OutputFile file(job.output(), FileFormat::classifier, job.overwrite());
    write_classifier(file, model);
    job.commit(file);
}

ClassifierEvents read_classifier_events(const TrainClassifier::Paths& paths) {
    const EventReader background(paths.background, {EventKind::events, EventKind::latent});
    const Method method = method_of(background);
    // A generated toy stands for either space.
    const EventReader data(paths.data, background.kind());
    const std::optional<FeatureBox>& box = background.header().box;
    return {.files = {method, data, background},
            .data = mark_outside(data.read_all(), box),
            .background = mark_outside(background.read_all(), box)};
}

}  // namespace lacathode
