// Injection and split of data and signal (docs/method.md, section 1).
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/split.hpp"

namespace lacathode::test {
namespace {

using ::testing::HasSubstr;

const RandomStream stream(11, "split");

// Background rows, then signal rows; mass = row number, so that rows can be recognised.
RawEvents raw_events(std::size_t background, std::size_t signal, bool labelled = true) {
    const std::size_t rows = background + signal;
    EventTable table;
    table.mass_column = {"m", "TeV"};
    table.feature_columns = {{"x", "1"}};
    table.features = Matrix<float>(rows, 1);
    table.partition.assign(rows, Partition::training);
    for (std::size_t row = 0; row < rows; ++row) {
        table.mass.push_back(static_cast<double>(row));
        table.features(row, 0) = static_cast<float>(row) / 2;
        table.source_row.push_back(static_cast<std::int64_t>(row));
        if (labelled) table.label.push_back(row < background ? 0 : 1);
    }
    return {.table = std::move(table), .invalid_rows = 0};
}

// Rows 100 to 199 of them.
const MassWindow signal_region(99.5, 199.5);

EventTable split(const SplitOptions& options, RawEvents raw, const RandomStream& from = stream) {
    return split_events(options, std::move(raw), signal_region, "input.h5", from);
}

SplitOptions with_signal(std::size_t injected) {
    return {.injected_signal = injected};
}

using Split = std::map<Partition, std::size_t>;

Split split_of(const EventTable& events, std::int8_t label) {
    Split counts;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!events.has_label() || events.label[row] == label) ++counts[events.partition[row]];
    }
    return counts;
}

TEST(SplitEvents, BackgroundAndInjectedSignalSeparately) {
    const EventTable events = split(with_signal(600), raw_events(12'000, 1'000));
    EXPECT_EQ(split_of(events, 0), (Split{{Partition::training, 6'000},
                                          {Partition::validation, 2'000},
                                          {Partition::test, 4'000}}));
    EXPECT_EQ(split_of(events, 1), (Split{{Partition::training, 300},
                                          {Partition::validation, 100},
                                          {Partition::test, 200},
                                          {Partition::evaluation, 400}}));
}

TEST(SplitEvents, OtherFractions) {
    SplitOptions config = with_signal(0);
    config.fractions.training = 0.6;
    config.fractions.validation = 0.3;
    EXPECT_EQ(
        split_of(split(config, raw_events(1'000, 10)), 0),
        (Split{{Partition::training, 600}, {Partition::validation, 300}, {Partition::test, 100}}));
}

// Of the events in the window, or of those outside it.
Split split_of_region(const EventTable& events, Region region) {
    Split counts;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const bool inside = signal_region.contains(events.mass[row]);
        if (inside == (region == Region::signal_region)) ++counts[events.partition[row]];
    }
    return counts;
}

TEST(SplitEvents, SidebandsMayHaveFractionsOfTheirOwn) {
    SplitOptions config = with_signal(0);
    config.fractions = {.training = 0.5, .validation = 0.5};
    config.sideband = {.training = 0.5, .validation = 0.3};
    const EventTable events = split(config, raw_events(1'100, 0));
    EXPECT_EQ(split_of_region(events, Region::signal_region),
              (Split{{Partition::training, 50}, {Partition::validation, 50}}));
    EXPECT_EQ(
        split_of_region(events, Region::sideband),
        (Split{{Partition::training, 500}, {Partition::validation, 300}, {Partition::test, 200}}));
    config.sideband = {.training = 0.2, .validation = 0};  // the second as in the signal region
    EXPECT_EQ(
        split_of_region(split(config, raw_events(1'100, 0)), Region::sideband),
        (Split{{Partition::training, 200}, {Partition::validation, 500}, {Partition::test, 300}}));
}

// Signal rows 200 to 1'199 behind the window, 100 to 199 inside.
TEST(SplitEvents, InjectedSignalIsSplitByRegionAsWell) {
    SplitOptions config = with_signal(1'100);
    config.sideband = {.training = 0.6, .validation = 0.4};
    EventTable events = split(config, raw_events(100, 1'100));
    EXPECT_EQ(
        split_of_region(events, Region::signal_region),
        (Split{{Partition::training, 50}, {Partition::validation, 16}, {Partition::test, 34}}));
    const std::size_t background = 100;
    events.partition.erase(events.partition.begin(), events.partition.begin() + background);
    events.mass.erase(events.mass.begin(), events.mass.begin() + background);
    EXPECT_EQ(split_of_region(events, Region::sideband),
              (Split{{Partition::training, 600}, {Partition::validation, 400}}));
}

// Rounded away, an event would be a test part of its own; 0.7 + 0.2 + 0.1 is below 1 in float64.
TEST(SplitEvents, WithoutATestPartNoEventIsLeftOver) {
    SplitOptions config = with_signal(0);
    config.fractions = {.training = 0.7, .validation = 0.2 + 0.1};
    EXPECT_EQ(split_of(split(config, raw_events(1'003, 0)), 0),
              (Split{{Partition::training, 702}, {Partition::validation, 301}}));
    EXPECT_EQ((SplitFractions{.training = 0.7, .validation = 0.2 + 0.1 - 1e-12}).test(), 0);
    EXPECT_LT((SplitFractions{.training = 0.7, .validation = 0.31}).test(), 0);
    EXPECT_GT((SplitFractions{.training = 0.7, .validation = 0.29}).test(), 0);
}

EventTable fold_of(std::size_t fold, RawEvents raw, std::size_t injected = 0) {
    SplitOptions options = with_signal(injected);
    options.folds = 5;
    options.fold = fold;
    return split(options, std::move(raw));
}

TEST(SplitEvents, EachEventIsATestEventOfOneFold) {
    constexpr std::size_t rows = 12'000;
    std::vector<int> tests(rows + 1'000);
    for (std::size_t fold = 0; fold < 5; ++fold) {
        const EventTable events = fold_of(fold, raw_events(rows, 1'000), 600);
        for (std::size_t row = 0; row < events.size(); ++row)
            tests[row] += events.partition[row] == Partition::test ? 1 : 0;
        // The share of the test set 0.2 and of the validation set a quarter of the rest, within
        // five errors: 220 and 220 of 12,000; the injected are the same events in every fold.
        EXPECT_NEAR(static_cast<double>(split_of(events, 0)[Partition::test]), 2'400, 220);
        EXPECT_NEAR(static_cast<double>(split_of(events, 0)[Partition::validation]), 2'400, 220);
        EXPECT_EQ(split_of(events, 1)[Partition::evaluation], 400U);
    }
    EXPECT_EQ(std::ranges::count(tests, 1), rows + 600);
    EXPECT_EQ(std::ranges::count(tests, 0), 400);
}

// An event's fold owes nothing to its mass, its label, or to what else there is.
TEST(SplitEvents, TheFoldFollowsFromTheSourceRowAlone) {
    const EventTable all = fold_of(2, raw_events(1'000, 0));
    RawEvents few = raw_events(1'000, 0);
    std::vector<std::size_t> rows;
    for (std::size_t row = 3; row < 1'000; row += 7) rows.push_back(row);
    few.table = few.table.take(rows);
    for (double& mass : few.table.mass) mass = 2'000 - mass;
    for (std::size_t i = 0; i < rows.size(); ++i) few.table.label[i] = i < 6 ? 0 : 1;
    const EventTable some = fold_of(2, std::move(few), rows.size() - 6);
    for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(some.partition[i], all.partition[rows[i]]) << rows[i];
}

TEST(SplitEvents, FractionsShareTheEventsOfOtherFolds) {
    SplitOptions options = with_signal(0);
    options.folds = 2;
    options.fractions = {.training = 0.6, .validation = 0};
    options.sideband = {.training = 0.3, .validation = 0.1};
    const EventTable events = split(options, raw_events(12'100, 0));
    EXPECT_EQ(split_of_region(events, Region::signal_region)[Partition::validation], 0U);
    // A quarter of half of 12,000: 1,500 +- 36.
    const Split outside = split_of_region(events, Region::sideband);
    EXPECT_NEAR(static_cast<double>(outside.at(Partition::validation)), 1'500, 180);
}

// As versions before there were fractions of the sidebands split: results of a seed stay.
TEST(SplitEvents, EqualFractionsAreOneSplit) {
    const auto partitions = [](const SplitOptions& config) {
        std::string text;
        for (const Partition part : split(config, raw_events(220, 6)).partition)
            text += static_cast<char>('0' + static_cast<int>(part));
        return text;
    };
    SplitOptions config = with_signal(3);
    const std::string golden = partitions(config);
    EXPECT_EQ(golden.substr(0, 20), "00010220012000110101");
    EXPECT_EQ(golden.substr(190), "112121012012210220020022120020223330");
    config.sideband = config.fractions;
    EXPECT_EQ(partitions(config), golden);
}

// Numbers that do not divide: whatever is rounded away stays in the test part.
TEST(SplitEvents, RowsAreNeitherLostNorChanged) {
    const RawEvents raw = raw_events(1'003, 17);
    const EventTable events = split(with_signal(11), raw);
    EXPECT_EQ(events.mass, raw.table.mass);
    EXPECT_EQ(events.features, raw.table.features);
    EXPECT_EQ(events.label, raw.table.label);
    EXPECT_EQ(events.source_row, raw.table.source_row);
    EXPECT_EQ(
        split_of(events, 0),
        (Split{{Partition::training, 501}, {Partition::validation, 167}, {Partition::test, 335}}));
    EXPECT_EQ(split_of(events, 1), (Split{{Partition::training, 5},
                                          {Partition::validation, 1},
                                          {Partition::test, 5},
                                          {Partition::evaluation, 6}}));
}

TEST(SplitEvents, DependsOnTheStreamOnly) {
    const auto partitions = [](std::uint64_t seed) {
        return split(with_signal(50), raw_events(3'000, 100), RandomStream(seed, "split"))
            .partition;
    };
    EXPECT_EQ(partitions(1), partitions(1));
    EXPECT_NE(partitions(1), partitions(2));
}

// The injected events are drawn at random: their mean row number is that of all signal rows.
// False-alarm rate 1e-4 (two-sided 3.9 sigma), fixed seed.
TEST(SplitEvents, InjectionIsARandomChoice) {
    const std::size_t signal = 2'000;
    const std::size_t injected = 500;
    const EventTable events = split(with_signal(injected), raw_events(6, signal));
    double sum = 0;
    for (std::size_t i = 0; i < signal; ++i) {
        if (events.partition[6 + i] != Partition::evaluation) sum += static_cast<double>(i);
    }
    const double n = static_cast<double>(signal);
    const double k = static_cast<double>(injected);
    const double sigma = std::sqrt((n * n - 1) / 12 / k * (n - k) / (n - 1));
    EXPECT_NEAR(sum / k, (n - 1) / 2, 3.9 * sigma);
}

// Unlabelled rows are data, all of them.
TEST(SplitEvents, WithoutTruthEverythingIsData) {
    const EventTable events = split(with_signal(0), raw_events(600, 0, false));
    EXPECT_FALSE(events.has_label());
    EXPECT_EQ(
        split_of(events, 0),
        (Split{{Partition::training, 300}, {Partition::validation, 100}, {Partition::test, 200}}));
}

TEST(SplitEvents, RefusesMoreSignalThanThereIs) {
    EXPECT_NO_THROW(split(with_signal(10), raw_events(100, 10)));
    try {
        split(with_signal(11), raw_events(100, 10));
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("prepare.injected_signal = 11"));
        EXPECT_THAT(error.what(), HasSubstr("only 10 signal events"));
    }
}

TEST(SplitEvents, RefusesTooFewRows) {
    EXPECT_THROW(split(with_signal(0), raw_events(5, 100)), InputError);
    EXPECT_NO_THROW(split(with_signal(0), raw_events(6, 0)));
}

EventTable split_extra(std::size_t training, std::size_t validation, RawEvents raw,
                       std::int64_t first_source_row) {
    return split_extra_background({training, validation}, std::move(raw), MassWindow(-1, 299.5),
                                  "extra.h5", first_source_row, stream);
}

TEST(SplitExtraBackground, SetsAsideAndMovesSourceRows) {
    const EventTable events = split_extra(200, 67, raw_events(300, 0), 5'000);
    EXPECT_EQ(split_of(events, 0), (Split{{Partition::reference_training, 200},
                                          {Partition::reference_validation, 67},
                                          {Partition::evaluation, 33}}));
    for (std::size_t row = 0; row < events.size(); ++row) {
        EXPECT_EQ(events.source_row[row], static_cast<std::int64_t>(5'000 + row));
        EXPECT_EQ(events.mass[row], static_cast<double>(row));
    }
}

TEST(SplitExtraBackground, SetsEventsOfTheSignalRegionAside) {
    const EventTable events =
        split_extra_background({60, 40}, raw_events(300, 0), signal_region, "extra.h5", 0, stream);
    for (std::size_t row = 0; row < events.size(); ++row)
        EXPECT_EQ(is_set_aside(events.partition[row]), signal_region.contains(events.mass[row]));
    EXPECT_THROW(
        split_extra_background({61, 40}, raw_events(300, 0), signal_region, "extra.h5", 0, stream),
        UsageError);
}

TEST(SplitExtraBackground, RefusesSignalAndTooMuch) {
    EXPECT_THROW(split_extra(1, 1, raw_events(10, 1), 0), InputError);
    EXPECT_NO_THROW(split_extra(5, 5, raw_events(10, 0), 0));
    EXPECT_THROW(split_extra(6, 5, raw_events(10, 0), 0), UsageError);
    const std::size_t huge = std::numeric_limits<std::size_t>::max();
    EXPECT_THROW(split_extra(huge, 2, raw_events(10, 0), 0), UsageError);
    EXPECT_THROW(split_extra(2, huge, raw_events(10, 0), 0), UsageError);
}

TEST(SetSignalAside, TakesSignalOfTheSignalRegionThatIsInNoData) {
    EventTable events;
    const auto add = [&](std::size_t count, double mass, Partition partition, std::int8_t label) {
        for (std::size_t i = 0; i < count; ++i) {
            events.mass.push_back(mass);
            events.partition.push_back(partition);
            events.label.push_back(label);
        }
    };
    add(10, 3.5, Partition::evaluation, 1);
    add(10, 3.0, Partition::evaluation, 1);
    add(10, 3.5, Partition::evaluation, 0);
    add(10, 3.5, Partition::training, 1);
    const MassWindow window(3.3, 3.7);
    set_signal_aside({.training = 6, .validation = 3}, events, window, RandomStream(1, "aside"));
    std::size_t training = 0, validation = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        training += events.partition[row] == Partition::reference_training ? 1 : 0;
        validation += events.partition[row] == Partition::reference_validation ? 1 : 0;
        if (row >= 10) {
            EXPECT_NE(events.partition[row], Partition::reference_training);
            EXPECT_NE(events.partition[row], Partition::reference_validation);
        }
    }
    EXPECT_EQ(training, 6U);
    EXPECT_EQ(validation, 3U);
    EXPECT_THROW(set_signal_aside({.training = 2, .validation = 0}, events, window,
                                  RandomStream(1, "aside")),
                 UsageError);  // one is left
}

}  // namespace
}  // namespace lacathode::test
