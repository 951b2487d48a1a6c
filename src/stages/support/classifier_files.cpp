#include "stages/support/classifier_files.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/training_guard.hpp"

namespace lacathode {
namespace {

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

ClassifierFiles::ClassifierFiles(const TrainClassifier::Paths& paths)
    : background_(paths.background, {EventKind::events, EventKind::latent}),
      method_(method_of(background_)),
      // A generated toy stands for either space.
      data_(paths.data, background_.kind()) {
    require_fitting(method_, data_, background_);
    require_valid_partitions({paths.background, origins()}, data_);
}

EventTable ClassifierFiles::data() const {
    return mark_outside(data_.read_all(), box());
}
EventTable ClassifierFiles::background() const {
    return mark_outside(background_.read_all(), box());
}

void ClassifierFiles::begin(Job& job, const TrainClassifier::Config& config,
                            const Execution& execution) const {
    job.goes_back_to(united(data_.provenance().origins, origins()));
    if (config.model == ClassifierKind::mlp) job.computed_on(execution);
    job.made_from(data_.record("data"));
    job.made_from(background_.record("background"));
}

void ClassifierFiles::finish(Job& job, ClassifierModel model, std::size_t retraining) const {
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

}  // namespace lacathode
