#include "lacathode/stages/prepare.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "stages/support/feature_shift.hpp"
#include "stages/support/input_columns.hpp"
#include "stages/support/prepare_input.hpp"

namespace lacathode {
namespace {

constexpr const char* events_role = "events";
constexpr const char* extra_role = "extra_background";

// Names become names in files, where lists of them are separated by commas.
void check_column(Problems& found, const std::string& key, const std::string& name) {
    const bool printable = std::ranges::all_of(
        name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    found.unless(
        !name.empty() && name != "." && printable && name.find_first_of(",/") == std::string::npos,
        key, " names the column '", name,
        "': a name must not be empty, '.', or hold a comma, a slash or a control character; name "
        "it otherwise, and tell the input's name in prepare.columns: {\"NAME\": \"",
        name, "\"}");
}

std::int64_t count_rows(const EventTable& events, Partition partition, std::int8_t label,
                        const MassWindow* window = nullptr) {
    check_interrupt();
    std::int64_t count = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const std::int8_t truth = events.has_label() ? events.label[row] : std::int8_t{0};
        count += events.partition[row] == partition && truth == label &&
                 (window == nullptr || window->contains(events.mass[row]));
    }
    return count;
}

struct NamedPartition {
    Partition partition;
    const char* name;
};
constexpr NamedPartition named_partitions[] = {
    {Partition::training, "training"},
    {Partition::validation, "validation"},
    {Partition::test, "test"},
    {Partition::evaluation, "evaluation"},
    {Partition::reference_training, "extra_training"},
    {Partition::reference_validation, "extra_validation"}};

// Events a partition, by truth where there is one, in all and in the signal region.
Counts partition_counts(const EventTable& events, const MassWindow& window) {
    Counts counts;
    for (const auto& [partition, name] : named_partitions) {
        for (const std::int8_t label : {std::int8_t{0}, std::int8_t{1}}) {
            if (!events.has_label() && label == 1) continue;
            const std::string kind = !events.has_label() ? "events"
                                     : label == 1        ? "signal"
                                                         : "background";
            const std::int64_t all = count_rows(events, partition, label);
            if (all == 0) continue;
            counts.emplace_back(concat(name, "_", kind), all);
            counts.emplace_back(concat(name, "_", kind, "_in_signal_region"),
                                count_rows(events, partition, label, &window));
        }
    }
    return counts;
}

// A region without events is a wrong edge or unit far more often than a wish.
void check_regions(const EventTable& events, const MassWindow& window, const std::string& input) {
    if (events.mass.empty()) return;  // the split says what is missing
    const auto inside =
        std::ranges::count_if(events.mass, [&](double mass) { return window.contains(mass); });
    const auto below =
        std::ranges::count_if(events.mass, [&](double mass) { return mass <= window.low(); });
    const auto above = std::ranges::ssize(events.mass) - inside - below;
    const auto [low, high] = std::ranges::minmax(events.mass);
    const std::string range =
        concat("the masses lie between ", low, " and ", high, " ", events.mass_column.unit);
    if (inside == 0) {
        const bool another_unit = low > 50 * window.high() || high < window.low() / 50;
        throw InputError(concat(input, ": no event in the signal region ", window.text(), "; ",
                                range,
                                another_unit ? " (another unit? prepare.mass_scale turns GeV into "
                                               "TeV with 0.001)"
                                             : "",
                                ": set prepare.signal_region_low and signal_region_high"));
    }
    if (below == 0 && above == 0) {
        throw InputError(concat(input, ": no event in the sidebands of ", window.text(), "; ",
                                range, ": the flow needs events outside the signal region"));
    }
    if (below == 0 || above == 0) {
        log_warning(concat(input, ": no event ", below == 0 ? "below" : "above",
                           " the signal region ", window.text(), " (", range,
                           "): the flow will extrapolate, not interpolate"));
    }
}

// The classifier would be judged by background that it was trained on.
void refuse_shared_files(const RawInput& data, const RawInput& extra) {
    for (const InputRecord& one : data.records) {
        const auto shared =
            std::ranges::find(extra.records, one.content_hash, &InputRecord::content_hash);
        if (shared == extra.records.end()) continue;
        throw InputError(concat(shared->path,
                                ": is extra background and the same file as the input ", one.path,
                                ", or a copy of it; its events would count twice"));
    }
}

void made_from(Job& job, const RawInput& input) {
    for (const InputRecord& record : input.records) job.made_from(record);
}

void check_fractions(Problems& found, const Prepare::Config& config) {
    const SplitFractions& fractions = config.split.fractions;
    const SplitFractions sideband = config.split.sideband_fractions();
    found.unless(fractions.test() >= 0,
                 "prepare.training_fraction and validation_fraction exceed 1 together");
    found.unless(sideband.test() >= 0 || sideband == fractions,
                 "prepare.sideband_training_fraction and sideband_validation_fraction (where 0, "
                 "those without sideband_) exceed 1 together");
    found.unless(fractions.test() != 0 || !config.extra_background.empty(),
                 "prepare.training_fraction and validation_fraction leave nothing for the test "
                 "set: their sum must be below 1, or prepare.extra_background name other events "
                 "to evaluate");
}

void require_labels(const Prepare::Config& config, const RawInput& data) {
    if (data.events.table.has_label()) return;
    if (config.split.injected_signal > 0) {
        throw UsageError(concat("prepare.injected_signal = ", config.split.injected_signal,
                                ", but ", config.input.text(),
                                " has no truth labels to tell signal by: set it to 0, or name "
                                "prepare.label_column"));
    }
    if (!config.extra_background.empty()) {
        throw UsageError(
            "prepare.extra_background needs an input with truth labels; remove it or name "
            "label_column");
    }
}

// Extra background as well takes masses of the input: its own, of the signal region only, would
// tell it from the data.
void shift_by_random_masses(const Prepare::Config& config, RawInput& data,
                            std::optional<RawInput>& extra, const RandomStream& stream) {
    const std::vector<double>& masses = data.events.table.mass;
    shift_by_random_mass(config, masses, data.events.table, stream.at(5));
    if (extra) shift_by_random_mass(config, masses, extra->events.table, stream.at(6));
}

// Which events are trained on, and which evaluated.
std::vector<Field> split_fields(Prepare::Config& c) {
    return {
        {"injected_signal", "events",
         "Labelled signal events mixed into the data over the whole mass range.",
         &c.split.injected_signal, Range::count(0)},
        {"training_fraction", "", "Fraction of the data for training.", &c.split.fractions.training,
         Range::fraction()},
        {"validation_fraction", "",
         "Fraction of the data for validation; the rest, which may be none, is the test set.",
         &c.split.fractions.validation, Range::fraction()},
        {"sideband_training_fraction", "",
         "The same for training in the sidebands, where it differs; 0: training_fraction.",
         &c.split.sideband.training, Range::within(0, 1)},
        {"sideband_validation_fraction", "",
         "The same for validation in the sidebands; 0: validation_fraction.",
         &c.split.sideband.validation, Range::within(0, 1)},
        {"extra_background", "",
         "Further files of true background for evaluation in the signal region; empty: none.",
         &c.extra_background},
        {"extra_training", "events",
         "Of that, set aside for training an idealised detector (the papers: 200,000).",
         &c.extra.training, Range::count(0)},
        {"extra_validation", "events",
         "Of that, set aside for its validation (the papers: 67,000).", &c.extra.validation,
         Range::count(0)},
        {"extra_signal_training", "events",
         "Signal events of the signal region, not injected, set aside for training a supervised "
         "classifier (the CATHODE paper: 27,000).",
         &c.extra_signal.training, Range::count(0)},
        {"extra_signal_validation", "events", "The same for its validation.",
         &c.extra_signal.validation, Range::count(0)}};
}

}  // namespace

Section Prepare::section(Config& c) {
    Section section = {
        name,
        {{"input", "",
          "Required: input files or patterns (part_*.h5), read as one; LHC Olympics features "
          "(pandas HDF5), or tables in HDF5 or CSV.",
          &c.input},
         {"input_key", "", "Table inside the HDF5 input; empty: the only one there.", &c.input_key},
         {"format", "",
          "lhco: compute dijet features from the 14 jet columns; table: take columns as they are.",
          choice(c.format, {"lhco", "table"})},
         {"columns", "",
          "Name to column of the input, where they differ, as for columns with a comma or a slash.",
          &c.columns},
         {"mass_column", "", "Resonant variable of a table.", &c.mass_column},
         {"mass_unit", "", "Unit of the mass after mass_scale, for a table (lhco: TeV).",
          &c.mass_unit},
         {"mass_scale", "",
          "Factor on a table's mass column; keep the result of order one (GeV to TeV: 0.001).",
          &c.mass_scale, Range::positive()},
         {"features", "",
          "Features x. lhco: m_j1, delta_m, tau21_j1, tau21_j2, delta_r; table: column names.",
          &c.features},
         {"feature_units", "", "Units of a table's features in their order; empty: all 1.",
          &c.feature_units},
         {"label_column", "",
          "Truth column (1 signal, 0 background); empty: 'label' of lhco if present, none of a "
          "table.",
          &c.label_column},
         {"signal_region_low", "mass unit", "Lower edge of the signal region, excluded.",
          &c.signal_region_low},
         {"signal_region_high", "mass unit", "Upper edge of the signal region, excluded.",
          &c.signal_region_high},
         {"shift", "feature unit / mass unit", "Feature name to c: adds c * mass to that feature.",
          &c.shift},
         {"shift_by", "",
          "Whose mass that is: mass, the event's own; random_mass, that of a random event of the "
          "input, which smears the feature alike and independently of the mass.",
          choice(c.shift_by, {"mass", "random_mass"})}}};
    std::ranges::move(split_fields(c), std::back_inserter(section.fields));
    section.fields.push_back(
        {"invalid_rows", "",
         "Rows with non-finite values: error stops, drop leaves them out and counts them.",
         choice(c.invalid_rows, {"error", "drop"})});
    return section;
}

std::vector<std::string> Prepare::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.features.empty() && c.features.size() <= most_features, "prepare.features has ",
                 c.features.size(), " names; give 1 to ", most_features, "");
    found.unless(std::set(c.features.begin(), c.features.end()).size() == c.features.size(),
                 "prepare.features names a feature twice");
    for (const std::string& feature : c.features) check_column(found, "prepare.features", feature);
    found.add(column_problems(c));
    for (const std::string& unit : c.feature_units) {
        found.unless(!unit.empty() && unit.find(',') == std::string::npos,
                     "prepare.feature_units has '", unit,
                     "': a unit must not be empty or hold a comma; a pure number's is 1");
    }
    found.unless(
        c.format == InputFormat::table || (c.mass_scale == 1 && c.feature_units.empty()),
        "prepare.mass_scale and feature_units are for format table; lhco has units of its own");
    const Config defaults;
    found.unless(c.format == InputFormat::table ||
                     (c.mass_column == defaults.mass_column && c.mass_unit == defaults.mass_unit),
                 "prepare.mass_column and mass_unit are for format table; lhco computes m_jj in "
                 "TeV");
    found.unless(c.format == InputFormat::lhco || !c.mass_column.empty(),
                 "prepare.mass_column is empty: name the resonant variable of the table");
    found.unless(c.feature_units.empty() || c.feature_units.size() == c.features.size(),
                 "prepare.feature_units has ", c.feature_units.size(), " entries for ",
                 c.features.size(), " features; give one each or none");
    for (const auto& [feature, amount] : c.shift) {
        found.unless(std::ranges::find(c.features, feature) != c.features.end(),
                     "prepare.shift names '", feature, "', which is not in prepare.features");
    }
    found.unless(c.shift_by == ShiftBy::mass || !c.shift.empty(),
                 "prepare.shift_by = random_mass, but prepare.shift is empty: name features to "
                 "shift, or leave it out");
    found.unless(std::ranges::find(c.features, c.mass_column) == c.features.end() ||
                     c.format == InputFormat::lhco,
                 "prepare.features holds the mass column '", c.mass_column,
                 "'; the flow is conditional on it already");
    check_fractions(found, c);
    check_window(found, name, c.signal_region_low, c.signal_region_high);
    found.unless(!c.input.empty(),
                 "prepare.input is empty: name the files to read (--input, or --set "
                 "prepare.input=FILE)");
    return found.take();
}

std::vector<Argument> Prepare::arguments(Paths& paths) {
    return {{"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

std::vector<StageInput> Prepare::inputs(const Config& config) {
    std::vector<StageInput> inputs = input_files(config.input, events_role);
    std::ranges::move(input_files(config.extra_background, extra_role), std::back_inserter(inputs));
    return inputs;
}

PreparedEvents Prepare::compute(const Config& config, RawInput data, std::optional<RawInput> extra,
                                const RandomStream& stream) {
    require_labels(config, data);
    PreparedEvents prepared{
        .table = {},
        .signal_region = MassWindow(config.signal_region_low, config.signal_region_high),
        .counts = {{"input_rows", static_cast<std::int64_t>(data.rows)},
                   {"invalid_rows", static_cast<std::int64_t>(data.events.invalid_rows)}}};
    const std::string source = config.input.text();
    if (config.shift_by == ShiftBy::random_mass)
        shift_by_random_masses(config, data, extra, stream);
    prepared.table =
        split_events(config.split, std::move(data.events), prepared.signal_region, source, stream);
    check_regions(prepared.table, prepared.signal_region, source);
    set_signal_aside(config.extra_signal, prepared.table, prepared.signal_region, stream.at(4));
    if (extra) {
        prepared.counts.emplace_back("extra_rows", static_cast<std::int64_t>(extra->rows));
        prepared.counts.emplace_back("extra_invalid_rows",
                                     static_cast<std::int64_t>(extra->events.invalid_rows));
        EventTable& table = extra->events.table;
        if (!table.has_label()) table.label.assign(table.size(), 0);
        append(prepared.table,
               split_extra_background(config.extra, std::move(extra->events),
                                      config.extra_background.text(),
                                      static_cast<std::int64_t>(data.rows), stream.at(3)));
    }
    for (auto& entry : partition_counts(prepared.table, prepared.signal_region)) {
        prepared.counts.push_back(std::move(entry));
    }
    return prepared;
}

void Prepare::run(const Config& config, const Paths& paths, Job& job) {
    RawInput data = read_raw_events(config, input_files(config.input, events_role));
    require_labels(config, data);
    warn_of_invalid_rows(config, data.events.invalid_rows, data.rows);
    made_from(job, data);
    std::optional<RawInput> extra;
    if (!config.extra_background.empty()) {
        extra = read_raw_events(config, input_files(config.extra_background, extra_role));
        refuse_shared_files(data, *extra);
        made_from(job, *extra);
    }
    const PreparedEvents prepared =
        compute(config, std::move(data), std::move(extra), job.stream("prepare"));
    job.goes_back_to_itself();
    EventHeader header = header_of(prepared.table, prepared.signal_region);
    header.counts = prepared.counts;
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    writer.append(prepared.table);
    job.report("events", static_cast<std::int64_t>(prepared.table.size()));
    job.report(prepared.counts);
    job.commit(writer);
}

}  // namespace lacathode
