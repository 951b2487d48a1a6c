#include "lacathode/stages/export.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/values_at.hpp"
#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/file_hash.hpp"
#include "stages/export/kept_features.hpp"
#include "stages/export/source_rows.hpp"

namespace lacathode {
namespace {

// Columns that every file of events may have; all other names are features.
constexpr std::array<const char*, 7> standard_columns = {
    "mass", "label", "partition", "source_row", "mapped", "fold", "weight"};

bool is_standard(const std::string& name) {
    return std::ranges::find(standard_columns, name) != standard_columns.end();
}

// As in events files: features/mass is one that is named like a standard column.
constexpr std::string_view feature_prefix = "features/";

std::string feature_name(const std::string& name) {
    return name.starts_with(feature_prefix) ? name.substr(feature_prefix.size()) : name;
}

std::vector<std::string> features_to_keep(const Export::Config& config) {
    std::vector<std::string> features;
    for (const std::string& name : config.keep)
        if (!is_standard(name)) features.push_back(feature_name(name));
    return features;
}

void warn_of_two_meanings(const Export::Config& config, const EventReader& events) {
    const std::vector<Column>& features = events.header().features;
    for (const std::string& name : config.keep) {
        if (!is_standard(name) ||
            std::ranges::find(features, name, &Column::name) == features.end())
            continue;
        log_warning(concat("export.keep: ", name, " is not the feature of that name in ",
                           events.path(), ", which is ", feature_prefix, name));
    }
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
        warn_of_two_meanings(config, events);
        if (scored.events.has_fold() && !events.header().flow_hash.empty()) {
            throw InputError(concat(events.path(),
                                    " has what the flow of one fold makes of all "
                                    "events, and ",
                                    paths.scores.front(),
                                    " the scores of several folds: give the events file"));
        }
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
          "and features of --events (features/mass: one with the name of another column).",
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

void Export::run(const Config& config, const Paths& paths, Job& job) {
    require_files(config, paths);
    const ScoredEvents scored = read_scores(paths.scores);
    if (paths.scores.size() > 1 && scored.events.has_fold())
        throw UsageError(concat(paths.scores.front(),
                                ": has scores of lacathode-combine-folds, background efficiencies, "
                                "of which the mean over several files is none: give one of them "
                                "with --scores"));
    const SelectedEvents kept = compute(config, scored, paths.scores.front());
    introduce(scored, job);
    if (scored.reference_events > 0 && !scored.events.has_label()) {
        log_warning(concat(paths.output,
                           ": these are the data, the signal region's too: whoever looks at them "
                           "is unblinded"));
    }
    job.report("events", static_cast<std::int64_t>(scored.events.size()));
    job.report("selected", std::ssize(kept.rows));
    if (kept.threshold) {
        job.report("threshold", *kept.threshold);
        job.report("reference_events", kept.reference_events);
        job.report("reference_selected", kept.reference_selected);
    }

    std::vector<CsvColumn> columns = kept_columns(config, paths, scored, kept);
    columns.push_back({"score", values_at(kept.score, kept.rows)});
    require_distinct_names(columns);
    CsvFile file(paths.output, job.overwrite());
    file.write(columns);
    job.commit(file);
}

}  // namespace lacathode
