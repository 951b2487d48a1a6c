// Strips of CWoLa Hunting that the data cannot fill are told before any training.
#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/select_background.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Training and validation events every 0.01 TeV between two masses, signal region 3.3 to 3.7 TeV.
struct Strips : Scratch {
    EventTable events;

    void SetUp() override {
        Scratch::SetUp();
        events.mass_column = {"m", "TeV"};
        events.feature_columns = {{"x", "1"}};
    }
    void add(double low, double high,
             const std::vector<Partition>& parts = {Partition::training, Partition::validation}) {
        const auto count = std::llround((high - low) / 0.01);
        for (int i = 0; i < count; ++i) {
            for (const Partition partition : parts) {
                events.mass.push_back(low + 0.01 * i);
                events.partition.push_back(partition);
                events.source_row.push_back(std::ssize(events.source_row));
            }
        }
    }
    [[nodiscard]] std::vector<std::string> lacks(double width) {
        events.features = Matrix<float>(events.size(), 1);
        EventWriter writer(path("events.h5"), EventKind::events,
                           header_of(events, MassWindow(3.3, 3.7)), Overwrite::allow);
        writer.append(events);
        (void)writer.commit(some_provenance());
        return SelectBackground::lacks({.strip_width = width}, Method::cwola,
                                       EventReader(path("events.h5"), EventKind::events));
    }
};

TEST_F(Strips, LieWithinTheMassesOfTheData) {
    add(2.0, 6.0);
    EXPECT_THAT(lacks(0.2), IsEmpty());
    EXPECT_THAT(lacks(1.29), IsEmpty());
    EXPECT_THAT(lacks(2.5),
                ElementsAre(AllOf(HasSubstr("select_background.strip_width = 2.5 TeV puts the "
                                            "strips of cwola between 0.8 and 6.2 TeV, but the "
                                            "data lie between 2 and 5.99 TeV: make it 1.29 at "
                                            "most"))));
    EXPECT_THAT(lacks(50), ElementsAre(HasSubstr("strip_width = 50 TeV")));
    EXPECT_THAT(lacks(1.5), ElementsAre(HasSubstr("make it 1.29 at most"))) << "the lower strip";
    events = {};
    SetUp();
    add(1.0, 4.5);
    EXPECT_THAT(lacks(0.9), ElementsAre(HasSubstr("make it 0.7"))) << "the upper strip";
}

// What is proposed is not refused again.
TEST_F(Strips, TheWidthThatIsProposedFits) {
    add(2.30456, 3.3);
    add(3.3, 9.0);
    EXPECT_THAT(lacks(1), ElementsAre(HasSubstr("make it 0.995 at most")));
    EXPECT_THAT(lacks(0.995), IsEmpty());
}

TEST_F(Strips, BothHaveEventsOfBothParts) {
    add(2.0, 3.0);
    add(3.305, 6.0);
    add(3.0, 3.3, {Partition::training});
    EXPECT_THAT(lacks(0.25),
                ElementsAre(AllOf(HasSubstr("no validation events in the strip below the signal "
                                            "region 3.3 < m < 3.7"),
                                  HasSubstr("widen select_background.strip_width = 0.25"))));
    EXPECT_THAT(lacks(0.4), IsEmpty());
    EXPECT_THAT(lacks(1e-6), testing::SizeIs(2)) << "no events in either";
}

TEST_F(Strips, DataOfOneSideOnlyAreNoUse) {
    add(3.35, 6.0);
    EXPECT_THAT(lacks(0.2), testing::Contains(
                                HasSubstr("cwola needs data on both sides of the signal region")));
}

}  // namespace
}  // namespace lacathode::test
