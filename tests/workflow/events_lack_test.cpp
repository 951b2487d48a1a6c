// What prepared events lack depends on what the methods train on.
#include "workflow/events_lack.hpp"

#include <gmock/gmock.h>

#include "lacathode/io/event_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Four events of each part that is trained on, but none of data in the signal region.
struct WithoutSignalRegion : Scratch {
    EventTable events;

    void SetUp() override {
        Scratch::SetUp();
        events.mass_column = {"m", "TeV"};
        events.feature_columns = {{"x", "1"}};
        for (const Partition part : {Partition::training, Partition::validation}) add(3.0, part);
        for (const Partition part :
             {Partition::reference_training, Partition::reference_validation})
            add(3.5, part);
        events.features = Matrix<float>(events.size(), 1);
        EventWriter writer(path("events.h5"), EventKind::events,
                           header_of(events, MassWindow(3.3, 3.7)), Overwrite::allow);
        writer.append(events);
        (void)writer.commit(some_provenance());
    }
    void add(double mass, Partition partition) {
        for (int i = 0; i < 4; ++i) {
            events.mass.push_back(mass);
            events.label.push_back(0);
            events.partition.push_back(partition);
            events.source_row.push_back(std::ssize(events.source_row));
        }
    }
    [[nodiscard]] std::vector<std::string> lacks_for(Method method) const {
        ChainConfig config;
        config.run.methods = {method};
        config.run.sic = config.run.sculpting = false;
        return events_lack(config, path("events.h5"));
    }
};

TEST_F(WithoutSignalRegion, AClassifierThatDoesNotTakeItLacksNothing) {
    EXPECT_THAT(lacks_for(Method::supervised), IsEmpty());
    const auto of_classifier = HasSubstr("events; the classifier needs 2");
    for (const Method method : {Method::lacathode, Method::curtains, Method::idealised})
        EXPECT_THAT(lacks_for(method), ElementsAre(of_classifier, of_classifier));
    const auto of_flow = HasSubstr("events; the flow needs 2");
    EXPECT_THAT(lacks_for(Method::anode), ElementsAre(of_flow, of_flow));
}

}  // namespace
}  // namespace lacathode::test
