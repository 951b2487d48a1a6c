// Which events that are not mapped are compared between signal region and sidebands.
#include "lacathode/stages/events/mapping_report.hpp"

#include <gmock/gmock.h>

#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// `count` events of that kind, `outside` of which are not mapped.
void add(MappingReport& report, double mass, Partition partition, std::size_t count,
         std::size_t outside) {
    EventTable events;
    events.mass.assign(count, mass);
    events.partition.assign(count, partition);
    events.mapped.assign(count, 1);
    std::fill_n(events.mapped.begin(), outside, std::uint8_t{0});
    report.add(events);
}

TEST(MappingReport, ComparesDataThatDidNotShapeTheBox) {
    MappingReport report(toy_window());
    for (const Partition partition :
         {Partition::training, Partition::validation, Partition::test}) {
        add(report, 0.1, partition, 100, 7);
        add(report, 2, partition, 1000, 5);
    }
    // Neither data nor applied to: counted as events, in no region.
    for (const Partition partition :
         {Partition::evaluation, Partition::reference_training, Partition::reference_validation}) {
        add(report, 0.1, partition, 10, 10);
        add(report, 2, partition, 10, 10);
    }
    add(report, 0.1, Partition::applied, 50, 1);
    add(report, 2, Partition::applied, 50, 2);
    EXPECT_THAT(
        report.counts(),
        ElementsAre(Pair("events", 300 + 3000 + 60 + 100), Pair("not_mapped", 21 + 15 + 60 + 3),
                    Pair("signal_region_events", 350), Pair("signal_region_not_mapped", 22),
                    Pair("sideband_events", 2050), Pair("sideband_not_mapped", 12)));
}

// Events of the signal region cannot lie outside a box that they span, whatever the signal is.
TEST(MappingReport, NothingIsComparedWhereTheSignalRegionShapedTheBox) {
    MappingReport report(toy_window(), Region::signal_region);
    add(report, 0.1, Partition::test, 100, 7);
    add(report, 2, Partition::test, 1000, 5);
    EXPECT_THAT(report.counts(), ElementsAre(Pair("events", 1100), Pair("not_mapped", 12)));
}

TEST(MappingReport, EventsWithoutFlagsAreAllMapped) {
    MappingReport report(toy_window());
    EventTable events = toy_data({}, 100, 1);
    report.add(events);
    EXPECT_EQ(report.not_mapped(), 0);
    EXPECT_EQ(report.counts().front().second, 100);
}

}  // namespace
}  // namespace lacathode::test
