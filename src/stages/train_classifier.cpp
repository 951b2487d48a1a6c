#include "lacathode/stages/train_classifier.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/stages/event_selection.hpp"

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

// The kind of data file that a background file of this header goes with.
EventKind kind_for(const EventReader& background) {
    if (background.header().method.empty()) {
        throw InputError(
            concat(background.path(), " was not made by lacathode-sample: it names no method"));
    }
    return background.kind();
}

void require_same_flow(const EventReader& data, const EventReader& background) {
    if (data.kind() != EventKind::latent ||
        data.header().flow_hash == background.header().flow_hash)
        return;
    throw InputError(concat(data.path(), " and ", background.path(), " come from different flows (",
                            data.header().flow_hash, " and ", background.header().flow_hash,
                            "): encode and sample with the same flow file"));
}

}  // namespace

ClassifierModel compute_classifier(const TrainClassifierConfig& config, const EventTable& data,
                                   const EventTable& background, const MassWindow& signal_region,
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
    const ClassifierArchitecture architecture{.inputs = data.features.cols(),
                                              .hidden = config.hidden};
    const auto classifier = make_classifier(architecture, config.adam, execution);
    TrainedClassifier trained =
        train_classifier(*classifier, training, validation, config.training, stream);
    return {.classifier = std::move(trained),
            .standardisation = std::move(standardisation),
            .method = Method::lacathode,
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

Summary run_train_classifier(const TrainClassifierConfig& config, const StageContext& context,
                             const TrainClassifierPaths& paths) {
    check_output(paths.output, context.overwrite);
    check_execution(context.common.execution());
    const EventReader background(paths.background, {EventKind::events, EventKind::latent});
    const EventReader data(paths.data, kind_for(background));
    require_same_flow(data, background);
    const EventHeader& header = data.header();
    if (header.features != background.header().features ||
        header.signal_region != background.header().signal_region ||
        header.mass != background.header().mass) {
        throw InputError(concat(paths.data, " and ", paths.background,
                                " differ in mass, features, units or signal region: sample from "
                                "the flow of these events"));
    }
    const std::string method = background.header().method;
    ClassifierModel model = with_path(paths.data + ", " + paths.background, [&] {
        return compute_classifier(config, data.read_all(), background.read_all(),
                                  header.signal_region, context.common.execution(),
                                  stream(context, "train_classifier/" + method).at(config.run));
    });
    model.method = method == method_name(Method::cathode) ? Method::cathode : Method::lacathode;
    model.flow_hash = background.header().flow_hash;
    TrainClassifierConfig shown = config;
    const std::string hash =
        write_classifier(paths.output, model,
                         make_provenance(context, effective_config(context, section(shown)),
                                         {data.record("data"), background.record("background")}),
                         context.overwrite);
    const ClassifierCheckpoint& best = model.classifier.best.front();
    Summary summary = {{"output", paths.output},
                       {"method", method},
                       {"run", static_cast<std::int64_t>(config.run)},
                       {"best_epoch", static_cast<std::int64_t>(best.epoch)},
                       {"validation_loss", best.validation_loss}};
    for (const auto& [name, value] : model.counts) summary.emplace_back(name, value);
    summary.emplace_back("content_hash", hash);
    return summary;
}

}  // namespace lacathode
