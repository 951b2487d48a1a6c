#include "lacathode/stages/export.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/score_alignment.hpp"
#include "lacathode/stats/score_threshold.hpp"
#include "stages/support/kept_features.hpp"
#include "stages/support/source_rows.hpp"

namespace lacathode {
namespace {

// Columns that every file of events may have; all other names are features.
constexpr std::array<const char*, 7> standard_columns = {
    "mass", "label", "partition", "source_row", "mapped", "fold", "weight"};

bool is_standard(const std::string& name) {
    return std::ranges::find(standard_columns, name) != standard_columns.end();
}

std::vector<std::string> features_to_keep(const Export::Config& config) {
    std::vector<std::string> features;
    std::ranges::copy_if(config.keep, std::back_inserter(features),
                         [](const std::string& name) { return !is_standard(name); });
    return features;
}

// [N]
std::vector<float> mean_score(const ScoredEvents& scored) {
    const auto retrainings = static_cast<double>(scored.scores.size());
    std::vector<float> mean(scored.events.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t row = 0; row < mean.size(); ++row) {
        if (!scored.events.is_mapped(row)) continue;
        double sum = 0;
        for (const std::vector<float>& scores : scored.scores) sum += scores[row];
        mean[row] = static_cast<float>(sum / retrainings);
    }
    return mean;
}

// The scores that a threshold is set on, highest first, and how many events they stand for.
struct Reference {
    std::vector<float> descending;
    std::vector<float> weight;  // of each of these
    double total_weight = 0;
    std::int64_t events = 0;
};

void sort_by_descending_score(Reference& reference) {
    std::vector<std::pair<float, float>> events;
    for (std::size_t i = 0; i < reference.descending.size(); ++i)
        events.emplace_back(reference.descending[i], reference.weight[i]);
    std::ranges::stable_sort(events, std::greater{}, &std::pair<float, float>::first);
    for (std::size_t i = 0; i < events.size(); ++i)
        std::tie(reference.descending[i], reference.weight[i]) = events[i];
}

Reference reference_of(const ScoredEvents& background, Unmapped unmapped,
                       const std::string& source) {
    const std::vector<float> score = mean_score(background);
    Reference reference;
    for (std::size_t row = 0; row < score.size(); ++row) {
        if (!background.signal_region.contains(background.events.mass[row])) continue;
        const bool mapped = background.events.is_mapped(row);
        const auto weight = static_cast<float>(background.events.weight_of(row));
        const bool counts = mapped || unmapped != Unmapped::excluded;
        reference.events += counts ? 1 : 0;
        reference.total_weight += counts ? double{weight} : 0;
        if (!mapped && unmapped != Unmapped::selected) continue;
        reference.descending.push_back(mapped ? score[row]
                                              : std::numeric_limits<float>::infinity());
        reference.weight.push_back(weight);
    }
    if (reference.events == 0) {
        throw InputError(concat(source, ": no test event lies in the signal region ",
                                background.signal_region.text(), ": a threshold cannot be set"));
    }
    sort_by_descending_score(reference);
    return reference;
}

// Of aligned scores the cut is that of lacathode-hunt, and not the data's.
SelectedEvents selected_by_reference(const Export::Config& config, const ScoredEvents& scored,
                                     SelectedEvents selected) {
    const auto references = static_cast<double>(scored.reference_events);
    selected.threshold = -std::log(config.efficiency);
    selected.reference_events = static_cast<std::int64_t>(scored.reference_events);
    selected.reference_selected = std::max<std::int64_t>(
        0, static_cast<std::int64_t>(config.efficiency * (references + 1)) - 1);
    selected.rows = rows_where(scored.events, [&](std::size_t row) {
        if (!scored.events.is_mapped(row)) return config.unmapped == Unmapped::selected;
        return passes_cut(selected.score[row], config.efficiency);
    });
    return selected;
}

template <class T>
std::vector<T> taken(const std::vector<T>& values, const std::vector<std::size_t>& rows) {
    std::vector<T> some;
    some.reserve(rows.size());
    for (const std::size_t row : rows) some.push_back(values[row]);
    return some;
}

template <class T>
std::vector<std::int64_t> integers(const std::vector<T>& values) {
    std::vector<std::int64_t> converted;
    converted.reserve(values.size());
    for (const T value : values) converted.push_back(static_cast<std::int64_t>(value));
    return converted;
}

// `selected`: the kept rows of the scored events.
CsvColumn standard_column(const std::string& name, const EventTable& selected,
                          const std::string& source) {
    if (name == "mass") return {selected.mass_column.name, selected.mass};
    if (name == "partition") return {name, integers(selected.partition)};
    if (name == "source_row") return {name, selected.source_row};
    if (name == "mapped") {
        if (!selected.mapped.empty()) return {name, integers(selected.mapped)};
        return {name, std::vector<std::int64_t>(selected.size(), 1)};
    }
    if (name == "fold") {
        if (selected.has_fold()) return {name, integers(selected.fold)};
        throw InputError(source + ": has no folds; leave 'fold' out of export.keep");
    }
    if (name == "weight") {
        if (selected.has_weight())
            return {name, std::vector<double>(selected.weight.begin(), selected.weight.end())};
        throw InputError(source + ": has no weights; leave 'weight' out of export.keep");
    }
    if (selected.has_label()) return {name, integers(selected.label)};
    throw InputError(source + ": has no truth labels; leave 'label' out of export.keep");
}

// The rows of a table are those of the events only if it is the one that the events came from.
void require_source_tables(const EventReader& events, const std::vector<std::string>& paths) {
    const std::vector<InputRecord> expected = source_tables(events.provenance());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (i < expected.size() && file_hash(paths[i]) == expected[i].content_hash) continue;
        throw InputError(
            concat(paths[i], ": is not the table that the events of ", events.path(), " came from",
                   i < expected.size() ? concat(" (", expected[i].path, ", as it was then)") : "",
                   ": give lacathode-prepare's events file, and its tables in its order"));
    }
}

std::vector<CsvColumn> source_columns(const Export::Config& config, const Export::Paths& paths,
                                      const EventTable& selected) {
    const Matrix<double> values =
        read_source_rows(paths.input, config.input_key, config.input_columns, selected.source_row);
    std::vector<CsvColumn> columns;
    for (std::size_t i = 0; i < config.input_columns.size(); ++i) {
        std::vector<double> column(values.rows());
        for (std::size_t row = 0; row < column.size(); ++row) column[row] = values(row, i);
        columns.push_back({config.input_columns[i], std::move(column)});
    }
    return columns;
}

// Those of export.keep in its order, then those of the tables.
std::vector<CsvColumn> kept_columns(const Export::Config& config, const Export::Paths& paths,
                                    const ScoredEvents& scored, const SelectedEvents& kept) {
    const EventTable selected = scored.events.take(kept.rows);
    std::vector<CsvColumn> features;
    if (!paths.events.empty()) {
        const EventReader events(paths.events, {EventKind::events, EventKind::latent});
        require_source_tables(events, paths.input);
        features = read_features(events, features_to_keep(config), scored, kept.rows);
    }
    auto feature = features.begin();
    std::vector<CsvColumn> columns;
    for (const std::string& name : config.keep) {
        columns.push_back(is_standard(name) ? standard_column(name, selected, paths.scores.front())
                                            : std::move(*feature++));
    }
    if (!paths.input.empty()) {
        std::ranges::move(source_columns(config, paths, selected), std::back_inserter(columns));
    }
    return columns;
}

void require_files(const Export::Config& config, const Export::Paths& paths) {
    Problems found;
    const std::vector<std::string> features = features_to_keep(config);
    found.unless(features.empty() || !paths.events.empty(), "export.keep names the features ",
                 joined(features, ", "), ": name the file that has them with --events");
    found.unless(config.input_columns.empty() || !paths.input.empty(),
                 "export.input_columns needs the tables that have them: --input");
    found.unless(paths.input.empty() || !config.input_columns.empty(),
                 "--input: say which columns to keep of it with --input-columns");
    found.unless(paths.input.empty() || !paths.events.empty(),
                 "--input needs --events, lacathode-prepare's events file, which knows the tables "
                 "that it was made from");
    require_no_problems("options of lacathode-export", found.take());
}

void require_distinct_names(const std::vector<CsvColumn>& columns) {
    std::set<std::string> names;
    for (const CsvColumn& column : columns) {
        if (names.insert(column.name).second) continue;
        throw UsageError(concat("two columns of the output would have the name '", column.name,
                                "': keep one of them (export.keep, export.input_columns)"));
    }
}

}  // namespace

Section Export::section(Config& c) {
    return {
        name,
        {{"efficiency", "",
          "Fraction of the signal region's test events (of background, where there are truth "
          "labels) that the cut keeps, or of the reference of lacathode-combine-folds's scores; "
          "0: no cut, all events.",
          &c.efficiency, Range::within(0, 1)},
         unmapped_field(c.unmapped),
         {"keep", "",
          "Columns beside the score: mass, label, partition, source_row, mapped, fold, weight, "
          "and features of --events.",
          &c.keep},
         {"input_columns", "", "Columns to keep of the tables of --input.", &c.input_columns},
         {"input_key", "", "Table inside an HDF5 file of --input; empty: the only one there.",
          &c.input_key}}};
}

std::vector<std::string> Export::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(c.input_key.empty() || !c.input_columns.empty(),
                 "export.input_key is for export.input_columns, which names none");
    return found.take();
}

std::vector<Argument> Export::arguments(Paths& paths) {
    return {
        {"scores", ArgumentKind::input, "One scores file a retraining, all of the same events.",
         &paths.scores},
        {"events", ArgumentKind::input, "Events or latent file that was scored, for its features.",
         &paths.events, Presence::optional},
        {"input", ArgumentKind::input,
         "Tables that lacathode-prepare read, in its order, for further columns of theirs.",
         &paths.input, Presence::optional},
        {"output", ArgumentKind::output, "CSV table to write.", &paths.output}};
}

SelectedEvents Export::compute(const Config& config, const ScoredEvents& scored,
                               const std::string& source) {
    SelectedEvents selected{.rows = {}, .score = mean_score(scored), .threshold = {}};
    if (config.efficiency == 0) {
        selected.rows = rows_where(scored.events, [](std::size_t) { return true; });
        return selected;
    }
    if (scored.reference_events > 0) return selected_by_reference(config, scored, selected);
    const ScoredEvents background = background_events(scored, EvaluatedPart::test, source);
    const Reference reference = reference_of(background, config.unmapped, source);
    const double threshold =
        background.events.counts_rows()
            ? score_threshold(reference.descending, reference.events, config.efficiency)
            : score_threshold(reference.descending, reference.weight, reference.total_weight,
                              config.efficiency);
    selected.threshold = threshold;
    selected.reference_events = reference.events;
    selected.reference_selected = std::ranges::count_if(
        reference.descending, [&](float score) { return score >= threshold; });
    selected.rows = rows_where(scored.events, [&](std::size_t row) {
        if (!scored.events.is_mapped(row)) return config.unmapped == Unmapped::selected;
        return selected.score[row] >= threshold;
    });
    return selected;
}

void Export::run(const Config& config, const Paths& paths, Job& job) {
    require_files(config, paths);
    const ScoredEvents scored = read_scores(paths.scores);
    const SelectedEvents kept = compute(config, scored, paths.scores.front());
    introduce(scored, job);
    job.report("events", static_cast<std::int64_t>(scored.events.size()));
    job.report("selected", std::ssize(kept.rows));
    if (kept.threshold) {
        job.report("threshold", *kept.threshold);
        job.report("reference_events", kept.reference_events);
        job.report("reference_selected", kept.reference_selected);
    }

    std::vector<CsvColumn> columns = kept_columns(config, paths, scored, kept);
    columns.push_back({"score", taken(kept.score, kept.rows)});
    require_distinct_names(columns);
    CsvFile file(paths.output, job.overwrite());
    file.write(columns);
    job.commit(file);
}

}  // namespace lacathode
