// Stage prepare as a whole: from every layout of a user's table to the same events.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/physics/dijet_features.hpp"
#include "lacathode/stages/prepare.hpp"
#include "stages/prepare/input_memory.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct PrepareStage : Scratch {
    EventFile prepared(const Prepare::Config& config) const {
        StageContext context;
        context.overwrite = Overwrite::allow;
        run_stage<Prepare>(config, {.output = path("events.h5")}, context);
        return read_events(path("events.h5"), EventKind::events);
    }
    /// A table m, x, y, truth; twelve good rows.
    std::string csv(const std::string& more_rows = "") const {
        std::ofstream file(path("table.csv"));
        file << "m,x,y,truth\n";
        for (int i = 0; i < 12; ++i) file << 1000 + i << ',' << i << ',' << -i << ",0\n";
        file << more_rows;
        return path("table.csv");
    }
    Prepare::Config table_config(const std::string& more_rows = "") const {
        Prepare::Config config;
        config.input = {{csv(more_rows)}};
        config.format = InputFormat::table;
        config.mass_column = "m";
        config.mass_scale = 1e-3;
        config.features = {"y", "x"};
        config.feature_units = {"GeV", "1"};
        config.label_column = "truth";
        config.signal_region_low = 1.002;
        config.signal_region_high = 1.005;
        config.split.injected_signal = 0;
        return config;
    }
    /// What was prepared of tables, under that name.
    std::string events_file(const std::string& name, const std::vector<std::string>& tables) const {
        Prepare::Config config = table_config();
        config.input.patterns = tables;
        prepared(config);
        std::filesystem::rename(path("events.h5"), path(name));
        return path(name);
    }
    static Prepare::Config events_config(const std::vector<std::string>& files) {
        Prepare::Config config;
        config.format = InputFormat::events;
        config.input.patterns = files;
        config.features = {"x"};
        config.signal_region_low = 1.002;
        config.signal_region_high = 1.005;
        config.split.injected_signal = 0;
        return config;
    }
    template <class Expected>
    std::string refusal(const Prepare::Config& config) const {
        try {
            prepared(config);
        } catch (const Expected& error) {
            return error.what();
        }
        ADD_FAILURE() << "no error";
        return {};
    }
};

Prepare::Config lhco_config(const std::string& file) {
    Prepare::Config config;
    config.input = {{std::string(LACATHODE_TEST_DATA) + "/formats/" + file}};
    config.split.injected_signal = 0;
    return config;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum_a += a[i];
        sum_b += b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
        ab += a[i] * b[i];
    }
    return (ab - sum_a * sum_b / n) /
           std::sqrt((aa - sum_a * sum_a / n) * (bb - sum_b * sum_b / n));
}

TEST_F(PrepareStage, WeightsComeFromTheirColumn) {
    Prepare::Config config = table_config();
    EXPECT_FALSE(prepared(config).table.has_weight());
    std::ofstream(path("weights.csv")) << "m,x,y,w/1\n"
                                          "1000,1,2,0.5\n1001,1,2,-1\n1003,1,2,2\n1004,1,2,1\n"
                                          "1006,1,2,1\n1007,1,2,1\n1008,1,2,nan\n";
    config.input = {{path("weights.csv")}};
    config.label_column.clear();
    config.weight_column = "weight";
    config.columns = {{"weight", "w/1"}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("column 'w/1' is nan"));
    config.invalid_rows = InvalidRows::drop;
    const EventFile file = prepared(config);
    EXPECT_TRUE(file.header.has_weight);
    EXPECT_THAT(file.table.weight, ::testing::ElementsAre(0.5, -1, 2, 1, 1, 1));
    config.columns.clear();
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("'weight'"));
    config.weight_column = "x";
    EXPECT_THAT(Prepare::problems(config),
                ::testing::Contains(HasSubstr("prepare.weight_column = x is read as")));
    config.format = InputFormat::events;
    config.weight_column = "w";
    EXPECT_THAT(Prepare::problems(config), ::testing::Contains(HasSubstr("weight_column")));
}

TEST_F(PrepareStage, WeightsStayWithEventsThatAreSplitAnew) {
    std::ofstream file(path("weights.csv"));
    file << "m,x,y,w\n";
    for (int i = 0; i < 12; ++i) file << 1000 + i << ",1,2," << 0.25 * i << '\n';
    file.close();
    Prepare::Config config = table_config();
    config.input = {{path("weights.csv")}};
    config.label_column.clear();
    config.weight_column = "w";
    const EventTable before = prepared(config).table;
    std::filesystem::rename(path("events.h5"), path("first.h5"));
    Prepare::Config again;
    again.format = InputFormat::events;
    again.input = {{path("first.h5")}};
    again.features = {"x"};
    again.signal_region_low = 1.002;
    again.signal_region_high = 1.005;
    again.split.injected_signal = 0;
    EXPECT_EQ(prepared(again).table.weight, before.weight);
}

// The samples hold the same 2,000 rows; their values are exact in float32.
TEST_F(PrepareStage, EventsFilesAreSplitAnew) {
    const std::string first = path("first.h5");
    std::filesystem::rename((void(prepared(table_config())), path("events.h5")), first);
    Prepare::Config config;
    config.format = InputFormat::events;
    config.input = {{first}};
    config.features = {"x"};
    config.signal_region_low = 1.002;
    config.signal_region_high = 1.005;
    config.split = {.folds = 3, .fold = 1};
    const EventFile again = prepared(config);
    const EventFile before = read_events(first, EventKind::events);
    EXPECT_EQ(again.table.mass, before.table.mass);
    EXPECT_EQ(again.table.source_row, before.table.source_row);
    EXPECT_EQ(again.table.label, before.table.label);
    ASSERT_EQ(again.table.feature_columns, (std::vector<Column>{{"x", "1"}}));
    for (std::size_t row = 0; row < 12; ++row)
        EXPECT_EQ(again.table.features(row, 0), before.table.features(row, 1));
    EXPECT_NE(again.table.partition, before.table.partition);
    // They are other events than those of the first file only as far as their split goes, and what
    // was trained on one has seen test events of the other.
    const std::vector<std::string>& sources = again.provenance.origins.front().sources;
    ASSERT_EQ(before.provenance.origins.front().sources.size(), 1U);
    EXPECT_EQ(sources, (std::vector{before.provenance.content_hash,
                                    before.provenance.origins.front().sources.front()}));
    config.features = {"z"};
    EXPECT_THAT(refusal<InputError>(config),
                AllOf(HasSubstr("first.h5: has no feature 'z'; there are y, x")));
    config.features = {"x"};
    config.input.patterns.push_back(first);
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("its events would count twice"));
    config.input.patterns.back() = csv();
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("table.csv"));
}

// A tau below 0 is finite.
TEST_F(PrepareStage, AJetThatCannotBeIsToldByItsColumn) {
    std::ofstream file(path("jets.csv"));
    for (const std::string_view name : lhco_columns()) file << name << ',';
    file << "label\n1000,0,0,100,0.2,0.1,0.1,-1000,0,0,50,-0.2,0.1,0.1,0\n";
    file.close();
    Prepare::Config config;
    config.input = {{path("jets.csv")}};
    config.split.injected_signal = 0;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("column 'tau1j2' is -0.2, which no jet"));
}

// Those of several files would count twice, those of one be learned from and tested.
TEST_F(PrepareStage, CopiesOfAnEventAreKeptTogetherOrRefused) {
    const EventFile file = prepared(table_config());
    const auto written = [&](const std::string& name, const EventTable& table) {
        write_events(path(name), EventKind::events, file.header, table, {}, file.provenance,
                     Overwrite::allow);
        return path(name);
    };
    EventTable other = file.table;
    std::ranges::fill(other.partition, Partition::test);
    std::vector<std::size_t> rows(other.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    rows.push_back(5);
    Prepare::Config config;
    config.format = InputFormat::events;
    config.features = {"x"};
    config.signal_region_low = 1.002;
    config.signal_region_high = 1.005;
    config.split.injected_signal = 0;
    config.input = {{written("first.h5", file.table), written("other.h5", other)}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("other.h5: has events of "));
    config.split.folds = 3;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("they would count twice"));
    config.input = {{written("copies.h5", file.table.take(rows))}};
    EXPECT_EQ(prepared(config).table.size(), 13U);
    config.split.folds = 0;
    EXPECT_THAT(refusal<InputError>(config),
                AllOf(HasSubstr("copies.h5: has copies"), HasSubstr("prepare.folds")));
    other.partition[3] = Partition::evaluation;
    config.input = {{written("other.h5", other)}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("has 1 events of extra background"));
    other.label[3] = 1;
    config.input = {{written("other.h5", other)}};
    EXPECT_EQ(prepared(config).table.size(), 12U);
}

// A file with the signal before the background numbers the rows of both otherwise.
TEST_F(PrepareStage, EventsOfOneTableAreFoundInFilesOfOthersToo) {
    const std::string signal = text_file("signal.csv", "m,x,y,truth\n1003,7,7,1\n1004,8,7,1\n");
    const std::string background = events_file("background.h5", {csv()});
    const std::string both = events_file("both.h5", {signal, csv()});
    for (const std::size_t folds : {0U, 3U}) {
        Prepare::Config config = events_config({both, background});
        config.split.folds = folds;
        EXPECT_THAT(refusal<InputError>(config),
                    AllOf(HasSubstr(background + ": has events of " + both),
                          HasSubstr("they would count twice: leave one of the files out")));
        config.input.patterns = {background, both};
        EXPECT_THAT(refusal<InputError>(config), HasSubstr(both + ": has events of " + background));
    }
}

// As pseudo-data with signal of one events file may have it.
TEST_F(PrepareStage, FilesOfOneSourceWithoutACommonEventAreReadAsOne) {
    const std::string first = events_file("first.h5", {csv()});
    const EventFile file = read_events(first, EventKind::events);
    EventTable others = file.table;
    for (double& mass : others.mass) mass += 1e-6;
    const std::string second = path("second.h5");
    write_events(second, EventKind::events, file.header, others, {}, file.provenance,
                 Overwrite::allow);
    EXPECT_EQ(prepared(events_config({first, second})).table.size(), 24U);
}

// Values that few events have, as of numbers that are counted.
TEST_F(PrepareStage, EventsThatAreEqualByChanceAreNoCopies) {
    const auto table = [&](const std::string& name, int shift) {
        std::string rows = "m,x,y,truth\n";
        for (int i = 0; i < 12; ++i) rows += std::to_string(1000 + (i + shift) % 12) + ",1,1,0\n";
        return text_file(name, rows);
    };
    const std::string one = events_file("one.h5", {table("one.csv", 0)});
    const std::string other = events_file("other.h5", {table("other.csv", 1)});
    EXPECT_EQ(prepared(events_config({one, other})).table.size(), 24U);
    // Equal rows of one table are its own matter.
    const std::string twice = text_file("twice.csv", bytes_of(path("one.csv")) + "1003,1,1,0\n");
    EXPECT_EQ(prepared(events_config({events_file("twice.h5", {twice})})).table.size(), 13U);
}

TEST_F(PrepareStage, ExtraBackgroundOfTheInputsSourceIsRefused) {
    const std::string signal = text_file("signal.csv", "m,x,y,truth\n1003,7,7,1\n1004,8,7,1\n");
    const std::string both = events_file("both.h5", {signal, csv()});
    const std::string background = events_file("background.h5", {csv()});
    Prepare::Config config = events_config({both});
    config.extra_background.patterns = {background};
    EXPECT_THAT(refusal<InputError>(config),
                AllOf(HasSubstr(background + ": is extra background"), HasSubstr(both),
                      HasSubstr("count twice"), HasSubstr("prepare.extra_background")));
    // Split again, its events are no others.
    prepared(events_config({background}));
    std::filesystem::rename(path("events.h5"), path("again.h5"));
    config.extra_background.patterns = {path("again.h5")};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("again.h5: is extra background"));
    const std::string other =
        text_file("other.csv",
                  "m,x,y,truth\n999,1,1,0\n1000,2,1,0\n1001,3,1,0\n1003,4,1,0\n1003,5,1,0\n"
                  "1004,6,1,0\n1006,7,1,0\n");
    config.extra_background.patterns = {events_file("other.h5", {other})};
    const EventFile file = prepared(config);
    EXPECT_EQ(file.table.size(), 21U);
    EXPECT_EQ(std::ranges::count(file.table.partition, Partition::evaluation), 9);
}

TEST_F(PrepareStage, WithoutExtraBackgroundNoneIsSetAside) {
    Prepare::Config config = table_config();
    EXPECT_THAT(Prepare::problems(config), ::testing::IsEmpty());
    config.extra.training = 5;
    EXPECT_THAT(Prepare::problems(config),
                ::testing::ElementsAre(AllOf(HasSubstr("prepare.extra_training = 5"),
                                             HasSubstr("prepare.extra_background"))));
    config.extra = {};
    config.extra.validation = 7;
    EXPECT_THAT(Prepare::problems(config),
                ::testing::ElementsAre(AllOf(HasSubstr("extra_validation = 7"),
                                             HasSubstr("prepare.extra_background"))));
    config.extra_background = {{"extra.csv"}};
    EXPECT_THAT(Prepare::problems(config), ::testing::IsEmpty());
}

TEST_F(PrepareStage, EveryLayoutGivesTheSameEvents) {
    const EventFile first = prepared(lhco_config("fixed_float64.h5"));
    EXPECT_EQ(first.table.size(), 2'000U);
    EXPECT_TRUE(first.table.has_label());
    EXPECT_EQ(first.header.mass, (Column{"m_jj", "TeV"}));
    for (const char* file :
         {"fixed_float32_int_label.h5", "table_float64_zlib.h5", "table_mixed_data_columns.h5"}) {
        const EventFile other = prepared(lhco_config(file));
        EXPECT_TRUE(other.table.mass == first.table.mass) << file;
        EXPECT_TRUE(other.table.features == first.table.features) << file;
        EXPECT_TRUE(other.table.label == first.table.label) << file;
        EXPECT_TRUE(other.table.partition == first.table.partition) << file;
        EXPECT_TRUE(other.table.source_row == first.table.source_row) << file;
        EXPECT_EQ(other.provenance.content_hash, first.provenance.content_hash) << file;
    }
}

// Mass, features and truth of each row, sorted.
std::vector<std::vector<double>> sorted_rows(const EventTable& events) {
    std::vector<std::vector<double>> rows;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const auto x = events.features.row(row);
        rows.emplace_back(x.begin(), x.end());
        rows.back().push_back(events.mass[row]);
        rows.back().push_back(events.label[row]);
    }
    std::ranges::sort(rows);
    return rows;
}

// This sample's rows lie in another order, with their old numbers as the index, which is ignored.
TEST_F(PrepareStage, ShuffledRowsAreTheSameEvents) {
    const EventFile first = prepared(lhco_config("fixed_float64.h5"));
    const EventFile other = prepared(lhco_config("fixed_shuffled_index_reversed_columns.h5"));
    EXPECT_FALSE(other.table.mass == first.table.mass);
    EXPECT_TRUE(sorted_rows(other.table) == sorted_rows(first.table));
}

TEST_F(PrepareStage, MissingFiltersAreNamed) {
    EXPECT_THAT(refusal<InputError>(lhco_config("fixed_float64_blosc.h5")),
                AllOf(HasSubstr("fixed_float64_blosc.h5"), HasSubstr("blosc")));
}

TEST_F(PrepareStage, ShiftAddsToTheNamedFeaturesOnly) {
    const EventFile plain = prepared(lhco_config("fixed_float64.h5"));
    Prepare::Config config = lhco_config("fixed_float64.h5");
    config.shift = {{"m_j1", 0.1}, {"tau21_j2", -0.5}};
    const EventFile shifted = prepared(config);
    const std::vector<double> amount = {0.1, 0, 0, -0.5};
    for (std::size_t row = 0; row < plain.table.size(); ++row) {
        for (std::size_t col = 0; col < 4; ++col) {
            EXPECT_NEAR(shifted.table.features(row, col),
                        static_cast<double>(plain.table.features(row, col)) +
                            amount[col] * plain.table.mass[row],
                        1e-6);
        }
    }
    EXPECT_EQ(shifted.table.mass, plain.table.mass);
}

// What the shift added to the feature of that column, c = 1.
std::vector<double> added(const EventTable& shifted, const EventTable& plain, std::size_t column) {
    std::vector<double> masses;
    for (std::size_t row = 0; row < plain.size(); ++row)
        masses.push_back(double{shifted.features(row, column)} -
                         double{plain.features(row, column)});
    return masses;
}

TEST_F(PrepareStage, RandomMassesAreThoseOfTheInputInAnotherOrder) {
    const EventFile plain = prepared(lhco_config("fixed_float64.h5"));
    Prepare::Config config = lhco_config("fixed_float64.h5");
    config.shift = {{"m_j1", 1}, {"tau21_j2", 1}};
    config.shift_by = ShiftBy::random_mass;
    const EventFile shifted = prepared(config);
    std::vector<double> masses = added(shifted.table, plain.table, 0);
    EXPECT_THAT(masses, ::testing::Pointwise(::testing::DoubleNear(1e-5),
                                             added(shifted.table, plain.table, 3)));
    EXPECT_EQ(shifted.table.mass, plain.table.mass);
    // Independent of m and of the truth.
    // False-alarm rate 1e-4 each (two-sided 3.9 sigma), fixed seed.
    const auto n = static_cast<double>(masses.size());
    EXPECT_LT(std::abs(correlation(masses, plain.table.mass)), 3.9 / std::sqrt(n));
    EXPECT_LT(std::abs(correlation(masses, {plain.table.label.begin(), plain.table.label.end()})),
              3.9 / std::sqrt(n));
    std::vector<double> all = plain.table.mass;
    std::ranges::sort(all);
    std::ranges::sort(masses);
    EXPECT_THAT(masses, ::testing::Pointwise(::testing::DoubleNear(1e-5), all));
    EXPECT_EQ(prepared(config).provenance.content_hash, shifted.provenance.content_hash);
    StageContext context;
    context.overwrite = Overwrite::allow;
    context.common.seed = 2;
    run_stage<Prepare>(config, {.output = path("events.h5")}, context);
    EXPECT_NE(read_events(path("events.h5"), EventKind::events).table.features,
              shifted.table.features);
}

// All extra events have one mass, m = 1.003; those of the input are 1.000 to 1.011.
TEST_F(PrepareStage, ExtraBackgroundIsShiftedByMassesOfTheInput) {
    Prepare::Config config = table_config();
    std::string rows = "m,x,y,truth\n";
    for (int i = 0; i < 24; ++i) rows += "1003,1,1,0\n";
    config.extra_background = {{text_file("extra.csv", rows)}};
    const EventTable plain = prepared(config).table;
    config.shift = {{"x", 1}};
    config.shift_by = ShiftBy::random_mass;
    std::vector<double> masses = added(prepared(config).table, plain, 1);
    masses.erase(masses.begin(), masses.begin() + 12);
    std::ranges::sort(masses);
    std::vector<double> twice;
    for (int i = 0; i < 12; ++i) twice.insert(twice.end(), 2, 1 + 1e-3 * i);
    EXPECT_THAT(masses, ::testing::Pointwise(::testing::DoubleNear(1e-6), twice));
}

TEST_F(PrepareStage, AShiftBeyondFloat32IsRefused) {
    Prepare::Config config = table_config();
    config.shift = {{"x", 1e39}};
    config.shift_by = ShiftBy::random_mass;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("prepare.shift makes 'x' of the event"));
}

TEST_F(PrepareStage, FeaturesComeInTheOrderAskedFor) {
    const EventFile plain = prepared(lhco_config("fixed_float64.h5"));
    Prepare::Config config = lhco_config("fixed_float64.h5");
    config.features = {"delta_r", "m_j1"};
    const EventFile other = prepared(config);
    EXPECT_EQ(other.header.features, (std::vector<Column>{{"delta_r", "1"}, {"m_j1", "TeV"}}));
    for (std::size_t row = 0; row < plain.table.size(); ++row)
        EXPECT_EQ(other.table.features(row, 1), plain.table.features(row, 0));
}

TEST_F(PrepareStage, AUsersTable) {
    const EventFile file = prepared(table_config());
    ASSERT_EQ(file.table.size(), 12U);
    EXPECT_EQ(file.header.features, (std::vector<Column>{{"y", "GeV"}, {"x", "1"}}));
    EXPECT_EQ(file.header.signal_region, MassWindow(1.002, 1.005));
    for (std::size_t row = 0; row < 12; ++row) {
        EXPECT_DOUBLE_EQ(file.table.mass[row], 1.0 + 1e-3 * static_cast<double>(row));
        EXPECT_EQ(file.table.features(row, 0), -static_cast<float>(row));
        EXPECT_EQ(file.table.features(row, 1), static_cast<float>(row));
    }
    Prepare::Config unlabelled = table_config();
    unlabelled.label_column.clear();
    EXPECT_FALSE(prepared(unlabelled).table.has_label());
}

TEST_F(PrepareStage, InvalidRowsStopOrAreCounted) {
    const std::string rows = "1100,nan,1,0\n1101,2,3,1\n1102,2,inf,0\nnan,2,2,0\n1103,1e39,2,0\n";
    EXPECT_THAT(refusal<InputError>(table_config(rows)),
                AllOf(HasSubstr(path("table.csv")), HasSubstr("row 12"), HasSubstr("'x'"),
                      HasSubstr("prepare.invalid_rows")));
    Prepare::Config config = table_config(rows);
    config.invalid_rows = InvalidRows::drop;
    config.split.injected_signal = 1;
    const EventFile file = prepared(config);
    EXPECT_EQ(file.table.size(), 13U);
    EXPECT_EQ(file.table.source_row.back(), 13);
    EXPECT_EQ(file.table.label.back(), 1);
    EXPECT_THAT(file.header.counts,
                ::testing::IsSupersetOf(
                    {std::pair<std::string, std::int64_t>("input_rows", 17), {"invalid_rows", 4}}));
}

TEST_F(PrepareStage, LabelsAreZeroOrOne) {
    EXPECT_THAT(refusal<InputError>(table_config("1100,1,1,2\n")),
                AllOf(HasSubstr("'truth'"), HasSubstr("row 12"), HasSubstr("label 2")));
}

TEST_F(PrepareStage, MissingColumnsAreNamed) {
    Prepare::Config config = table_config();
    config.features = {"x", "nothing"};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("nothing"));
}

TEST_F(PrepareStage, ExtraBackgroundFollowsWithRowsOfItsOwn) {
    Prepare::Config config = table_config("1101,2,3,1\n");
    config.extra_background = {{text_file("extra_1.csv", "m,x,y,truth\n1003,1,1,0\n1004,2,1,0\n"),
                                text_file("extra_2.csv", "m,x,y,truth\n1003,3,2,0\n")}};
    config.extra.training = 1;
    config.extra.validation = 1;
    const EventFile file = prepared(config);
    ASSERT_EQ(file.table.size(), 16U);
    EXPECT_EQ(file.table.source_row.back(), 15);
    const std::vector<Partition> extra(file.table.partition.end() - 3, file.table.partition.end());
    EXPECT_THAT(extra, ::testing::UnorderedElementsAre(Partition::reference_training,
                                                       Partition::reference_validation,
                                                       Partition::evaluation));
}

// It is background by definition; what it says of itself counts nevertheless.
TEST_F(PrepareStage, ExtraBackgroundMayLackTheTruthColumn) {
    Prepare::Config config = table_config("1101,2,3,1\n");
    config.extra_background = {{text_file("extra.csv", "m,x,y\n1003,1,1\n1004,2,1\n")}};
    const EventTable events = prepared(config).table;
    ASSERT_EQ(events.size(), 15U);
    EXPECT_EQ(std::vector(events.label.end() - 3, events.label.end()),
              (std::vector<std::int8_t>{1, 0, 0}));
    config.extra_background = {{text_file("signal.csv", "m,x,y,truth\n1003,1,1,1\n")}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("1 rows are labelled as signal"));
    config.input = {{text_file("unlabelled.csv", "m,x,y\n1003,1,1\n1004,2,1\n")}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("no column 'truth'"));
}

TEST_F(PrepareStage, ExtraBackgroundHasTheColumnsOfTheInput) {
    Prepare::Config config = events_config({events_file("data.h5", {csv()})});
    Prepare::Config other = table_config();
    other.input = {{text_file("extra.csv",
                              "m,x,y,truth\n1003,1,1,0\n1004,2,1,0\n1005,2,1,0\n"
                              "1009,2,1,0\n1001,1,1,0\n1010,1,1,0\n")}};
    other.feature_units = {"GeV", "TeV"};
    prepared(other);
    std::filesystem::rename(path("events.h5"), path("extra.h5"));
    config.extra_background = {{path("extra.h5")}};
    EXPECT_THAT(
        refusal<InputError>(config),
        HasSubstr(path("extra.h5") + ": differs in columns or units from " + path("data.h5")));
}

// What was drawn or selected for a method, or moved to one mass, is no data.
TEST_F(PrepareStage, EventsThatAreNotAsMeasuredAreRefused) {
    Prepare::Config config = events_config({events_file("data.h5", {csv()})});
    EventFile file = read_events(path("data.h5"), EventKind::events);
    const auto refused_as = [&](const EventHeader& header) {
        write_events(path("other.h5"), EventKind::events, header, file.table, {}, file.provenance,
                     Overwrite::allow);
        config.input = {{path("other.h5")}};
        return refusal<InputError>(config);
    };
    EventHeader moved = file.header;
    moved.flow_hash = "0123";
    EXPECT_THAT(refused_as(moved), HasSubstr("moved to one mass"));
    EventHeader background = file.header;
    background.method = Method::cwola;
    EXPECT_THAT(refused_as(background), HasSubstr("is background for cwola, no data"));
}

TEST_F(PrepareStage, WithoutEventsOrLabelsWhatIsMissingIsTold) {
    Prepare::Config config = table_config();
    config.input = {{text_file("none.csv", "m,x,y,truth\n")}};
    config.split.injected_signal = 10;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("none.csv: holds no rows"));
    config.input = {{text_file("bad.csv", "m,x,y,truth\nnan,1,2,0\n")}};
    config.invalid_rows = InvalidRows::drop;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("invalid_rows drops all its rows"));
    config = table_config();
    config.label_column.clear();
    config.extra_signal.validation = 1;
    EXPECT_THAT(refusal<UsageError>(config),
                AllOf(HasSubstr("prepare.extra_signal_training"), HasSubstr("name label_column")));
}

// Sixteen rows in one file, in three, and in three in another order of columns.
TEST_F(PrepareStage, SeveralFilesAreReadAsOne) {
    const auto rows = [](int first, int last, bool reversed) {
        std::string text;
        for (int i = first; i < last; ++i) {
            const std::string m = std::to_string(1000 + i);
            const std::string x = std::to_string(i);
            text +=
                reversed ? "0,-" + x + "," + x + "," + m + "\n" : m + "," + x + ",-" + x + ",0\n";
        }
        return text;
    };
    const std::string names = "m,x,y,truth\n";
    Prepare::Config config = table_config();
    config.input = {{text_file("whole.csv", names + rows(0, 16, false))}};
    const EventFile whole = prepared(config);
    text_file("part_10.csv", "truth,y,x,m\n" + rows(11, 16, true));
    text_file("part_02.csv", names + rows(5, 11, false));
    text_file("part_01.csv", names + rows(0, 5, false));
    text_file("part_none.csv", names);
    text_file("part_none_either.csv", names);  // equal to another, but nothing counts twice
    config.input = {{path("part_*.csv")}};
    const EventFile parts = prepared(config);
    EXPECT_EQ(parts.provenance.content_hash, whole.provenance.content_hash);
    EXPECT_EQ(parts.table.source_row.back(), 15);
    EXPECT_EQ(parts.provenance.config, whole.provenance.config);
    std::vector<std::string> inputs;
    for (const InputRecord& input : parts.provenance.inputs) {
        inputs.push_back(input.role + " " + input.path.substr(directory_.string().size() + 1));
    }
    EXPECT_THAT(inputs, ::testing::ElementsAre("events part_01.csv", "events_2 part_02.csv",
                                               "events_3 part_10.csv", "events_4 part_none.csv",
                                               "events_5 part_none_either.csv"));
    config.input = {{path("part_02.csv"), path("part_01.csv"), path("part_10.csv")}};
    EXPECT_EQ(prepared(config).table.features(0, 1), 5);
}

TEST_F(PrepareStage, RowsOfASecondFileAreNamedByTheirPlaceInIt) {
    Prepare::Config config = table_config();
    config.input.patterns.push_back(text_file("more.csv", "m,x,y,truth\n1100,1,1,0\n1100,,1,0\n"));
    EXPECT_THAT(refusal<InputError>(config), HasSubstr(path("more.csv") + ": row 1: column 'x'"));
    config.invalid_rows = InvalidRows::drop;
    const EventFile file = prepared(config);
    EXPECT_EQ(file.table.source_row.back(), 12);
    EXPECT_THAT(file.header.counts,
                ::testing::Contains(std::pair<std::string, std::int64_t>("input_rows", 14)));
}

TEST_F(PrepareStage, FilesThatDoNotBelongTogetherAreRefused) {
    Prepare::Config config = table_config();
    config.input.patterns.push_back(text_file("copy.csv", bytes_of(path("table.csv"))));
    EXPECT_THAT(refusal<InputError>(config),
                AllOf(HasSubstr(path("copy.csv") + ": is the same file as " + path("table.csv")),
                      HasSubstr("count twice")));
    config.input.patterns.back() = text_file("less.csv", "m,x,y\n1,2,3\n");
    EXPECT_THAT(
        refusal<InputError>(config),
        HasSubstr(path("less.csv") + ": has no column 'truth', which " + path("table.csv")));
    config.input.patterns.back() = text_file("more.csv", "m,x,y,truth,z\n1,2,3,0,4\n");
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("more.csv: has a column 'z', which"));
    config.input.patterns.back() = path("none_*.csv");
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("none_*.csv: no file matches this pattern"));
    config.input.patterns.pop_back();
    config.extra_background = {{path("copy.csv")}};
    EXPECT_THAT(
        refusal<InputError>(config),
        HasSubstr(path("copy.csv") + ": is extra background and the same file as the input " +
                  path("table.csv")));
}

TEST_F(PrepareStage, ColumnsOfOtherNamesAreMapped) {
    const EventFile expected = prepared(table_config());
    std::string text = bytes_of(path("table.csv"));
    text.replace(0, std::string("m,x,y,truth").size(), "\"m,jj\",jet/x,y,is signal");
    Prepare::Config config = table_config();
    config.input = {{text_file("named.csv", text)}};
    config.columns = {{"m", "m,jj"}, {"x", "jet/x"}, {"truth", "is signal"}};
    EXPECT_EQ(prepared(config).provenance.content_hash, expected.provenance.content_hash);
    config.columns["y"] = "why";
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("no column 'why'; columns there: m,jj"));
}

TEST_F(PrepareStage, ColumnsOfTheJetsAreMappedToo) {
    std::string names;
    std::string row;
    Prepare::Config config = lhco_config("fixed_float64.h5");
    for (const std::string name :
         {"pxj1", "pyj1", "pzj1", "mj1", "tau1j1", "tau2j1", "tau3j1", "pxj2", "pyj2", "pzj2",
          "mj2", "tau1j2", "tau2j2", "tau3j2", "label"}) {
        names += (names.empty() ? "jets/" : ",jets/") + name;
        config.columns[name] = "jets/" + name;
    }
    config.input = {{text_file("jets.csv", names + "\n")}};
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("jets.csv: holds no rows"));
    config.columns["label"] = "truth";  // one that is named has to be there
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("no column 'truth'"));
}

TEST_F(PrepareStage, RegionsWithoutEventsAreRefusedWithTheRangeOfTheMasses) {
    Prepare::Config config = table_config();
    config.mass_scale = 1;  // masses in GeV, edges in TeV
    EXPECT_THAT(refusal<InputError>(config),
                AllOf(HasSubstr("no event in the signal region 1.002 < m < 1.005"),
                      HasSubstr("between 1000 and 1011"), HasSubstr("prepare.mass_scale")));
    config = table_config();
    config.signal_region_low = 1.2;
    config.signal_region_high = 1.3;
    EXPECT_THAT(refusal<InputError>(config), AllOf(HasSubstr("no event in the signal region"),
                                                   ::testing::Not(HasSubstr("another unit"))));
    config.signal_region_low = 0.5;
    config.signal_region_high = 2;
    EXPECT_THAT(refusal<InputError>(config), HasSubstr("no event in the sidebands"));
    config.signal_region_high = 1.005;  // a sideband on one side only: allowed
    EXPECT_EQ(prepared(config).table.size(), 12U);
}

TEST_F(PrepareStage, MoreEventsThanMemoryHoldsAreRefused) {
    // Four features: 34 bytes an event, twice.
    EXPECT_NO_THROW(require_memory(1000, 4, "x.csv.gz", 68'000));
    try {
        require_memory(1'000'000'000, 4, "x.csv.gz", 16e9);
        ADD_FAILURE() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("x.csv.gz: 1000000000 events need 68 GB"),
                                        HasSubstr("has 16:")));
    }
    EXPECT_THROW(require_memory(1001, 4, "x.csv.gz", 68'000), InputError);
}

TEST_F(PrepareStage, OutputIsCheckedBeforeTheInputIsRead) {
    Prepare::Config config = lhco_config("no_such_file.h5");
    StageContext context;
    EXPECT_THROW(run_stage<Prepare>(config, {.output = path("no_dir/events.h5")}, context),
                 OutputError);
    EXPECT_THROW(run_stage<Prepare>(config, {.output = path("events.h5")}, context), InputError);
}

}  // namespace
}  // namespace lacathode::test
