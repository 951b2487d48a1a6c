// Rows that no stage may meet are refused by the reader and by the writer.
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>

#include "io/event_samples.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const MassWindow window(3.3, 3.7);

/// Event files written by hand, one array at a time, with whatever is wrong.
struct EventErrors : Scratch {
    EventTable table = some_latent(50);
    std::vector<double> log_prob = some_log_prob(table);
    std::vector<float> weight = std::vector<float>(50, 1);
    double low = 3.3;
    std::int64_t second_index = 1;
    std::size_t label_rows = 50;
    std::size_t weight_rows = 50;
    FileFormat format = FileFormat::latent;
    std::string flow_region;

    [[nodiscard]] std::string write() {
        OutputFile out(path("x.h5"), format, Overwrite::allow);
        for (const auto& [name, value] : Attributes{{"signal_region_low", low},
                                                    {"signal_region_high", 3.7},
                                                    {"flow_hash", ""},
                                                    {"method", ""}}) {
            out.set_attribute("/", name, value);
        }
        if (!flow_region.empty()) out.set_attribute("/", "flow_region", flow_region);
        out.write<double>("/mass", table.mass, {50}, {{"name", "m"}, {"unit", "TeV"}});
        for (std::size_t i = 0; i < 2; ++i) {
            std::vector<float> values;
            for (std::size_t row = 0; row < 50; ++row) values.push_back(table.features(row, i));
            out.write<float>("/features/z" + std::to_string(i), values, {50},
                             {{"unit", "1"}, {"index", i == 0 ? 0 : second_index}});
        }
        std::vector<std::uint8_t> partition;
        for (const auto value : table.partition)
            partition.push_back(static_cast<std::uint8_t>(value));
        out.write<std::uint8_t>("/partition", partition, {50});
        out.write<std::int64_t>("/source_row", table.source_row, {50});
        out.write<std::uint8_t>("/mapped", table.mapped, {50});
        out.write<std::int8_t>("/label", std::vector<std::int8_t>(label_rows, labels),
                               {label_rows});
        weight.resize(weight_rows, 1);
        out.write<float>("/weight", weight, {weight_rows});
        out.write<double>("/log_prob", log_prob, {50});
        out.commit(some_provenance());
        return path("x.h5");
    }
    [[nodiscard]] std::string refusal() {
        const auto message = message_of<InputError>([&] {
            const EventReader reader(write(), {EventKind::latent, EventKind::scores});
            (void)reader.read_all();
            (void)reader.read_log_prob(0, 50);
        });
        EXPECT_THAT(message, HasSubstr("x.h5"));
        return message;
    }
    std::int8_t labels = 1;
};

TEST_F(EventErrors, GoodFileIsRead) {
    EXPECT_EQ(EventReader(write(), EventKind::latent).read_all().size(), 50u);
}

TEST_F(EventErrors, MassMustBeFinite) {
    table.mass[7] = std::nan("");
    table.mass[9] = std::numeric_limits<double>::infinity();
    EXPECT_THAT(refusal(), HasSubstr("column 'mass': 2 values not finite, the first in row 7"));
}

TEST_F(EventErrors, FeaturesOfMappedRowsMustBeFinite) {
    table.features(12, 1) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(refusal(), HasSubstr("column 'z1': 1 value not finite, the first in row 12"));
}

TEST_F(EventErrors, FeaturesOfRowsNotMappedMustBeNaN) {
    table.features(10, 0) = 1;  // not mapped
    EXPECT_THAT(refusal(), HasSubstr("column 'z0': 1 value not NaN though"));
}

TEST_F(EventErrors, WeightsMustBeFiniteAndAsManyAsEvents) {
    weight[4] = std::numeric_limits<float>::infinity();
    EXPECT_THAT(refusal(), HasSubstr("column 'weight': 1 value not finite, the first in row 4"));
    weight[4] = -1;
    EXPECT_EQ(EventReader(write(), EventKind::latent).read_all().weight[4], -1);
    weight_rows = 49;
    EXPECT_THAT(refusal(), HasSubstr("/weight"));
}

TEST_F(EventErrors, FlagsMustBeKnown) {
    table.partition[3] = static_cast<Partition>(7);
    EXPECT_THAT(refusal(), HasSubstr("column 'partition': 1 value unknown"));
    table.partition[3] = Partition::test;
    table.mapped[0] = 2;
    EXPECT_THAT(refusal(), HasSubstr("column 'mapped': 1 value neither 0 nor 1"));
    table.mapped[0] = 1;
    labels = -1;
    EXPECT_THAT(refusal(), HasSubstr("column 'label': 50 values neither 0 nor 1"));
}

TEST_F(EventErrors, LogProbOfMappedRowsMustBeFinite) {
    log_prob[20] = -std::numeric_limits<double>::infinity();
    EXPECT_THAT(refusal(), HasSubstr("column 'log_prob': 1 value not finite, the first in row 20"));
}

TEST_F(EventErrors, LayoutMustBeConsistent) {
    low = 3.8;
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("signal region"), HasSubstr("make it again with lacathode-test")));
    low = 3.3;
    second_index = 0;
    EXPECT_THAT(refusal(), HasSubstr("feature 'z1' has index 0"));
    second_index = 5;
    EXPECT_THAT(refusal(), HasSubstr("feature 'z1' has index 5"));
    second_index = 1;
    label_rows = 49;
    EXPECT_THAT(refusal(), HasSubstr("'/label' has not as many rows"));
    label_rows = 50;
    format = FileFormat::scores;
    EXPECT_THAT(refusal(), HasSubstr("one column 'score'"));
}

TEST_F(EventErrors, TheRegionOfTheFlowMustBeKnown) {
    flow_region = "elsewhere";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("attribute 'flow_region' = 'elsewhere'"),
                                 HasSubstr("make it again with lacathode-test")));
}

TEST_F(EventErrors, WrongKindNamesTheTool) {
    const auto message = message_of<InputError>([&] { EventReader(write(), EventKind::events); });
    EXPECT_THAT(message, AllOf(HasSubstr("lacathode.latent"), HasSubstr("lacathode-prepare")));
}

TEST_F(EventErrors, WriterRefusesWhatTheReaderWould) {
    EventTable events = some_events(10);
    const auto open = [&](const EventHeader& header, EventKind kind = EventKind::events) {
        return EventWriter(path("y.h5"), kind, header, Overwrite::forbid);
    };
    const EventHeader header = header_of(events, window);
    events.mass[4] = std::nan("");
    const auto message = message_of<ContractViolation>([&] { open(header).append(events); });
    EXPECT_THAT(message, AllOf(HasSubstr("'mass'"), HasSubstr("row 4")));
    events.mass[4] = 1;
    EXPECT_THROW(open(header).append(events, log_prob), ContractViolation);
    EXPECT_THROW(open(header).append(table), ContractViolation);
    EXPECT_THROW(open(header, EventKind::scores), ContractViolation);
    EXPECT_THROW(open(header, EventKind::latent).append(events), ContractViolation);
    events.label.clear();
    EXPECT_THROW(open(header).append(events), ContractViolation);
    EventHeader twice = header;
    twice.features[1] = twice.features[0];
    EXPECT_THROW(open(twice), ContractViolation);
    EXPECT_EQ(listing(), "");
}

TEST_F(EventErrors, NamesThatHdf5CannotHoldAreRefused) {
    EventHeader header = header_of(some_events(1), window);
    for (const std::string name : {"", "a/b", ".", "a\nb", "a@unit"}) {
        header.features[0].name = name;
        const auto message = message_of<InputError>(
            [&] { EventWriter(path("y.h5"), EventKind::events, header, Overwrite::forbid); });
        EXPECT_THAT(message, HasSubstr("rename the column"));
    }
}

}  // namespace
}  // namespace lacathode::test
