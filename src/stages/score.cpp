#include "lacathode/stages/score.hpp"

#include <algorithm>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"

namespace lacathode {
namespace {

void require_fitting(const ClassifierModel& model, const EventReader& events,
                     const std::string& classifier_path) {
    const EventHeader& header = events.header();
    if (model.method == Method::lacathode && header.flow_hash != model.flow_hash) {
        throw InputError(concat(
            events.path(), " lies in the latent space of flow ", header.flow_hash, ", but ",
            classifier_path, " was trained in that of flow ", model.flow_hash,
            ": encode the events with the classifier's flow, or train a classifier for this one"));
    }
    if (header.features != model.inputs || header.signal_region != model.signal_region) {
        throw InputError(concat(events.path(), " and ", classifier_path,
                                " differ in inputs, units or signal region: score the events that "
                                "the classifier is for"));
    }
}

}  // namespace

EventTable score_events(const ClassifierModel& model, Classifier& classifier,
                        const EventTable& events) {
    Matrix<float> inputs = model.standardisation.forward(events.features);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) std::ranges::fill(inputs.row(row), 0.0F);
    }
    std::vector<float> score = ensemble_score(classifier, model.classifier.best, inputs);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.is_mapped(row)) score[row] = std::numeric_limits<float>::quiet_NaN();
    }
    EventTable scored = events;
    scored.feature_columns = {{"score", "1"}};
    scored.features = Matrix<float>(events.size(), 1, std::move(score));
    return scored;
}

Summary run_score(const ScoreConfig& config, const StageContext& context, const ScorePaths& paths) {
    check_output(paths.output, context.overwrite);
    check_execution(context.common.execution());
    const ClassifierModel model = read_classifier(paths.classifier);
    const EventReader reader(
        paths.events, model.method == Method::lacathode ? EventKind::latent : EventKind::events);
    require_fitting(model, reader, paths.classifier);
    const auto classifier =
        make_classifier(model.classifier.architecture, AdamOptions{}, context.common.execution());
    EventHeader header = reader.header();
    header.features = {{"score", "1"}};
    header.flow_hash = model.hash;
    header.method = method_name(model.method);
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::scores, header, context.overwrite);
    std::int64_t not_mapped = 0;
    Progress progress("score", reader.rows());
    for (std::size_t first = 0; first < reader.rows(); first += config.block_rows) {
        check_interrupt();
        const EventTable scored =
            score_events(model, *classifier, reader.read(first, config.block_rows));
        not_mapped += std::ranges::count(scored.mapped, 0);
        writer.append(scored);
        progress.update(first + scored.size());
    }
    const auto rows = static_cast<std::int64_t>(reader.rows());
    writer.set_counts({{"events", rows}, {"not_mapped", not_mapped}});
    ScoreConfig shown = config;
    const std::string hash = writer.commit(
        make_provenance(context, effective_config(context, section(shown)),
                        {{"classifier", paths.classifier, model.hash}, reader.record("events")}));
    return {{"output", paths.output},
            {"events", rows},
            {"not_mapped", not_mapped},
            {"content_hash", hash}};
}

}  // namespace lacathode
