// The keys of section "prepare", and what is wrong with their values.
#include <algorithm>
#include <set>

#include "lacathode/core/problems.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/prepare.hpp"
#include "stages/prepare/input_columns.hpp"

namespace lacathode {
namespace {

// Names become names in files, where lists of them are separated by commas.
void check_column(Problems& found, const std::string& key, const std::string& name) {
    const bool printable = std::ranges::all_of(
        name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    found.unless(
        !name.empty() && name != "." && printable && name.find_first_of(",/@") == std::string::npos,
        key, " names the column '", name,
        "': a name must not be empty, '.', or hold a comma, a slash, an @ or a control character; "
        "name "
        "it otherwise, and tell the input's name in prepare.columns: {\"NAME\": \"",
        name, "\"}");
}

void check_fractions(Problems& found, const Prepare::Config& config) {
    const SplitFractions& fractions = config.split.fractions;
    const SplitFractions sideband = config.split.sideband_fractions();
    found.unless(fractions.test() >= 0,
                 "prepare.training_fraction and validation_fraction exceed 1 together");
    found.unless(sideband.test() >= 0 || sideband == fractions,
                 "prepare.sideband_training_fraction and sideband_validation_fraction (where 0, "
                 "those without sideband_) exceed 1 together");
    found.unless(
        fractions.test() != 0 || config.split.folds > 0 || !config.extra_background.empty(),
        "prepare.training_fraction and validation_fraction leave nothing for the test "
        "set: their sum must be below 1, or prepare.extra_background name other events "
        "to evaluate");
}

void check_extra(Problems& found, const Prepare::Config& config) {
    const ExtraSplitOptions& extra = config.extra;
    found.unless(
        !config.extra_background.empty() || (extra.training == 0 && extra.validation == 0),
        "prepare.extra_training = ", extra.training, " and extra_validation = ", extra.validation,
        " set events of prepare.extra_background aside, which is empty: name its files, or "
        "leave both 0");
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
        {"folds", "",
         "Parts of the data, one of which (fold) is the test set, whatever the fractions leave for "
         "it; by them the other parts are shared between training and validation. 0: none.",
         &c.split.folds, Range::within(0, most_folds)},
        {"fold", "", "The part that is the test set, from 0.", &c.split.fold,
         Range::within(0, most_folds - 1)},
        {"extra_background", "",
         "Further files of true background for evaluation in the signal region, which may lack the "
         "truth column; empty: none.",
         &c.extra_background},
        {"extra_training", "events",
         "Of its events in the signal region, set aside for training an idealised detector (the "
         "papers: 200,000).",
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

void check_features(Problems& found, const Prepare::Config& c) {
    found.unless(!c.features.empty() && c.features.size() <= most_features, "prepare.features has ",
                 c.features.size(), " names; give 1 to ", most_features);
    found.unless(std::set(c.features.begin(), c.features.end()).size() == c.features.size(),
                 "prepare.features names a feature twice");
    for (const std::string& feature : c.features) check_column(found, "prepare.features", feature);
    found.add(column_problems(c));
    if (c.format == InputFormat::table && !c.mass_column.empty())
        check_column(found, "prepare.mass_column", c.mass_column);
    found.unless(std::ranges::find(c.features, c.mass_column) == c.features.end() ||
                     c.format != InputFormat::table,
                 "prepare.features holds the mass column '", c.mass_column,
                 "'; the flow is conditional on it already");
}

void check_units(Problems& found, const Prepare::Config& c) {
    for (const std::string& unit : c.feature_units) {
        found.unless(!unit.empty() && unit.find(',') == std::string::npos,
                     "prepare.feature_units has '", unit,
                     "': a unit must not be empty or hold a comma; a pure number's is 1");
    }
    found.unless(c.mass_unit.find(',') == std::string::npos, "prepare.mass_unit has '", c.mass_unit,
                 "': a unit must not hold a comma");
    found.unless(c.feature_units.empty() || c.feature_units.size() == c.features.size(),
                 "prepare.feature_units has ", c.feature_units.size(), " entries for ",
                 c.features.size(), " features; give one each or none");
}

// Keys that a format has no use for.
void check_format(Problems& found, const Prepare::Config& c) {
    found.unless(c.format == InputFormat::table || (c.mass_scale == 1 && c.feature_units.empty()),
                 "prepare.mass_scale and feature_units are for format table; lhco and events files "
                 "have units of their own");
    const Prepare::Config defaults;
    found.unless(c.format == InputFormat::table ||
                     (c.mass_column == defaults.mass_column && c.mass_unit == defaults.mass_unit),
                 "prepare.mass_column and mass_unit are for format table; lhco computes m_jj in "
                 "TeV, and events files name theirs");
    found.unless(c.format != InputFormat::events ||
                     (c.shift.empty() && c.columns.empty() && c.label_column.empty() &&
                      c.weight_column.empty() && c.input_key.empty()),
                 "prepare.shift, columns, label_column, weight_column and input_key are not for "
                 "format events, whose columns are as they were prepared; leave them out");
    found.unless(c.format == InputFormat::lhco || !c.mass_column.empty(),
                 "prepare.mass_column is empty: name the resonant variable of the table");
}

void check_shift(Problems& found, const Prepare::Config& c) {
    for (const auto& [feature, amount] : c.shift) {
        found.unless(std::ranges::find(c.features, feature) != c.features.end(),
                     "prepare.shift names '", feature, "', which is not in prepare.features");
    }
    found.unless(c.shift_by == ShiftBy::mass || !c.shift.empty(),
                 "prepare.shift_by = random_mass, but prepare.shift is empty: name features to "
                 "shift, or leave it out");
}

void check_fold(Problems& found, const SplitOptions& split) {
    found.unless(split.folds != 1 && (split.folds > 1 || split.fold == 0) &&
                     split.fold < std::max<std::size_t>(split.folds, 1),
                 "prepare.fold = ", split.fold, " is none of prepare.folds = ", split.folds,
                 ": choose at least two folds, and one of 0 ... folds - 1, or leave both 0");
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
          "lhco: compute dijet features from the 14 jet columns; table: take columns as they are; "
          "events: an events file of these programs, to be split anew.",
          choice(c.format, {"lhco", "table", "events"})},
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
         {"weight_column", "",
          "Column that says how many events a row stands for, which may be negative; empty: one.",
          &c.weight_column},
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
    section.fields.push_back({"invalid_rows", "",
                              "Rows with values that are not finite, or that no jet has (lhco): "
                              "error stops, drop leaves "
                              "them out and counts them.",
                              choice(c.invalid_rows, {"error", "drop"})});
    return section;
}

std::vector<std::string> Prepare::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    check_features(found, c);
    check_units(found, c);
    check_format(found, c);
    check_shift(found, c);
    check_fractions(found, c);
    check_extra(found, c);
    check_fold(found, c.split);
    check_window(found, name, c.signal_region_low, c.signal_region_high);
    found.unless(!c.input.empty(),
                 "prepare.input is empty: name the files to read (--input, or --set "
                 "prepare.input=FILE)");
    return found.take();
}

}  // namespace lacathode
