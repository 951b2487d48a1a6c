#include "lacathode/stages/apply.hpp"

#include <algorithm>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/transport.hpp"
#include "stages/prepare/prepare_input.hpp"

namespace lacathode {
namespace {

void require_of_flow(const ClassifierModel& classifier, const FlowModel& flow,
                     const std::string& path, const std::string& flow_path) {
    if (!info(classifier.method).needs_flow()) {
        throw InputError(concat(path, " (", method_name(classifier.method),
                                ") was trained without a flow, so that nothing says which events "
                                "it can judge: use lacathode-prepare and lacathode-score"));
    }
    if (classifier.flow_hash != flow.hash) {
        throw InputError(concat(path, " belongs to flow ", classifier.flow_hash, ", but ",
                                flow_path, " is ", flow.hash,
                                ": apply classifiers with the flow they were trained with"));
    }
    const auto features = info(classifier.method).space == Space::latent
                              ? latent_columns(flow.features.size())
                              : flow.features;
    if (classifier.inputs != classifier.further_inputs.columns(features, flow.mass) ||
        classifier.signal_region != flow.signal_region) {
        throw InputError(concat(path, " and ", flow_path,
                                " differ in inputs, units or signal region: apply classifiers with "
                                "the flow they were trained with"));
    }
}

// The mean of a score that counts twice, or of scores that mean different things, means nothing.
void require_one_method(const std::vector<ClassifierModel>& classifiers,
                        const std::vector<std::string>& paths) {
    std::vector<InputRecord> earlier;
    for (std::size_t i = 0; i < classifiers.size(); ++i) {
        if (classifiers[i].method != classifiers[0].method) {
            throw InputError(concat(paths[i], " (", method_name(classifiers[i].method), ") and ",
                                    paths[0], " (", method_name(classifiers[0].method),
                                    ") are of different methods: apply one method at a time"));
        }
        if (const InputRecord* same = record_of_content(earlier, classifiers[i].hash)) {
            throw InputError(concat(paths[i], " is given twice (its content is that of ",
                                    same->path, "): name each classifier once"));
        }
        earlier.push_back({"classifier", paths[i], classifiers[i].hash});
    }
}

AppliedModels read_models(const Apply::Paths& paths, const Execution& execution) {
    AppliedModels models{
        .flow = read_flow(paths.flow, 1), .classifiers = {}, .density = nullptr, .scorers = {}};
    require_flow_of_background(models.flow.region, paths.flow);
    for (const std::string& path : paths.classifiers) {
        models.classifiers.push_back(read_classifier(path));
        require_of_flow(models.classifiers.back(), models.flow, path, paths.flow);
    }
    require_one_method(models.classifiers, paths.classifiers);
    if (info(models.method()).space != Space::features) {
        models.density = load_density(models.flow, 0, execution);
    }
    for (const ClassifierModel& classifier : models.classifiers) {
        models.scorers.push_back(load_scorer(classifier, execution));
    }
    return models;
}

// Settings that differ from those that the flow has, and would be ignored. Of the value that is the
// default nobody knows whether it was given.
std::vector<std::string> contradictions(const Prepare::Config& given, const Prepare::Config& used,
                                        const std::string& flow) {
    const Prepare::Config defaults;
    Problems found;
    const auto compare = [&](const char* key, const auto& text_of) {
        const std::string text = text_of(given);
        const std::string of_flow = text_of(used);
        found.unless(text == text_of(defaults) || text == of_flow, "prepare.", key, " = ", text,
                     ", but ", flow, " was trained with ", of_flow, ": give that, or leave it out");
    };
    compare("mass_column", [](const Prepare::Config& c) { return c.mass_column; });
    compare("mass_unit", [](const Prepare::Config& c) { return c.mass_unit; });
    compare("features", [](const Prepare::Config& c) { return joined(c.features); });
    compare("feature_units", [](const Prepare::Config& c) { return joined(c.feature_units); });
    compare("signal_region_low",
            [](const Prepare::Config& c) { return concat(c.signal_region_low); });
    compare("signal_region_high",
            [](const Prepare::Config& c) { return concat(c.signal_region_high); });
    return found.take();
}

// How the new data are read: what the flow knows is the flow's.
Prepare::Config input_config(const Apply::Config& config, const Apply::Paths& paths,
                             const FlowModel& flow) {
    Prepare::Config prepare = config.prepare;
    prepare.input.patterns = paths.input;
    prepare.features.clear();
    prepare.feature_units.clear();
    for (const Column& feature : flow.features) {
        prepare.features.push_back(feature.name);
        prepare.feature_units.push_back(feature.unit);
    }
    prepare.mass_column = flow.mass.name;
    prepare.mass_unit = flow.mass.unit;
    prepare.signal_region_low = flow.signal_region.low();
    prepare.signal_region_high = flow.signal_region.high();
    prepare.extra = {};
    Problems found;
    found.add(contradictions(config.prepare, prepare, paths.flow));
    if (prepare.format != InputFormat::table) prepare.feature_units.clear();
    found.add(Prepare::problems(prepare));
    require_no_problems("configuration", found.take());
    return prepare;
}

// What the classifiers see of the events.
EventTable seen(const AppliedModels& models, const EventTable& events) {
    switch (info(models.method()).space) {
        case Space::latent:
            return Encode::compute(models.flow, *models.density, events).latent;
        case Space::reference_mass:
            return Transport::compute(models.flow, *models.density, events);
        case Space::features:
            return mark_outside(events, models.flow.transform.box());
    }
    throw ContractViolation("a space that nobody sees");
}

EventTable block(const EventTable& events, std::size_t first, std::size_t count) {
    std::vector<std::size_t> rows(std::min(count, events.size() - first));
    std::iota(rows.begin(), rows.end(), first);
    return events.take(rows);
}

bool any_network(const AppliedModels& models) {
    return models.density != nullptr ||
           std::ranges::any_of(models.classifiers, [](const ClassifierModel& classifier) {
               return std::holds_alternative<TrainedMlp>(classifier.classifier);
           });
}

}  // namespace

Section Apply::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Section> Apply::further_sections(Config& config) {
    return {Prepare::section(config.prepare)};
}

std::vector<std::string> Apply::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    for (const Section& further : further_sections(c)) found.add(range_problems(further));
    found.unless(c.prepare.format != InputFormat::events,
                 "prepare.format = events: an events file is scored by lacathode-encode and "
                 "lacathode-score");
    found.unless(c.prepare.shift_by == ShiftBy::mass,
                 "prepare.shift_by = random_mass: the masses that the training events were shifted "
                 "by are not those of new data; lacathode-prepare and lacathode-score do it for "
                 "all events of a file");
    return found.take();
}

std::vector<Argument> Apply::arguments(Paths& paths) {
    return {{"flow", ArgumentKind::input, "Flow file (from lacathode-train-flow).", &paths.flow},
            {"classifiers", ArgumentKind::input,
             "Classifier files of one method, trained with that flow; their mean is the score.",
             &paths.classifiers},
            {"input", ArgumentKind::input,
             "New data: files or patterns, read as lacathode-prepare does, with the same keys of "
             "section prepare.",
             &paths.input},
            {"output", ArgumentKind::output, "Scores file to write.", &paths.output}};
}

EventTable Apply::compute(const AppliedModels& models, const EventTable& events) {
    const EventTable inputs = seen(models, events);
    EventTable scored;
    std::vector<double> sum(events.size(), 0);
    for (std::size_t i = 0; i < models.classifiers.size(); ++i) {
        scored = Score::compute(models.classifiers[i], *models.scorers[i], inputs);
        for (std::size_t row = 0; row < sum.size(); ++row)
            sum[row] += static_cast<double>(scored.features(row, 0));
    }
    const auto count = static_cast<double>(models.classifiers.size());
    for (std::size_t row = 0; row < sum.size(); ++row)
        scored.features(row, 0) = static_cast<float>(sum[row] / count);
    return scored;
}

void Apply::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const AppliedModels models = read_models(paths, execution);
    const Prepare::Config prepare = input_config(config, paths, models.flow);
    RawEventReader reader(prepare, input_files(prepare.input, "input"));
    EventHeader header = header_of(reader.columns(), models.flow.signal_region);
    require_same_columns(models.flow, header, paths.flow, prepare.input.text());
    header.features = {{"score", "1"}};
    header.has_label = reader.has_label();
    header.has_weight = reader.has_weight();
    header.has_mapped = true;
    header.flow_hash = models.flow.hash;
    header.method = models.method();
    EventWriter writer(paths.output, EventKind::scores, header, job.overwrite());
    MappingReport mapping(models.flow.signal_region);
    Progress progress("apply", reader.rows());
    while (const std::optional<EventTable> events = reader.next()) {
        for (std::size_t first = 0; first < events->size(); first += config.block_rows) {
            check_interrupt();
            EventTable rows = block(*events, first, config.block_rows);
            rows.partition.assign(rows.size(), Partition::applied);
            const EventTable scored =
                with_path(prepare.input.text(), [&] { return compute(models, rows); });
            mapping.add(scored);
            writer.append(scored);
        }
        progress.update(reader.rows_read());
    }
    warn_of_invalid_rows(prepare.input.text(), reader.invalid_rows(), reader.rows());
    mapping.log(paths.output);
    Counts counts = {{"input_rows", static_cast<std::int64_t>(reader.rows())},
                     {"invalid_rows", static_cast<std::int64_t>(reader.invalid_rows())}};
    job.report("method", method_name(models.method()));
    job.report("classifiers", static_cast<std::int64_t>(models.classifiers.size()));
    job.report(counts);
    for (auto& entry : mapping.counts()) counts.push_back(std::move(entry));
    writer.set_counts(std::move(counts));
    for (const InputRecord& record : reader.records()) job.made_from(record);
    job.goes_back_to_itself();
    job.made_from({"flow", paths.flow, models.flow.hash});
    for (std::size_t i = 0; i < models.classifiers.size(); ++i) {
        job.made_from(
            {"classifiers_" + two_digits(i), paths.classifiers[i], models.classifiers[i].hash});
    }
    if (any_network(models)) job.computed_on(execution);
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
