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

struct EventsLack : Scratch {
    EventTable events;

    void add(double mass, std::int8_t label, Partition training, Partition validation) {
        for (const Partition partition : {training, validation}) {
            for (int i = 0; i < 4; ++i) {
                events.mass.push_back(mass);
                events.label.push_back(label);
                events.partition.push_back(partition);
                events.source_row.push_back(std::ssize(events.source_row));
            }
        }
    }
    void add_data(double mass) { add(mass, 0, Partition::training, Partition::validation); }
    void set_aside(std::int8_t label) {
        add(3.5, label, Partition::reference_training, Partition::reference_validation);
    }
    std::vector<std::string> lacks_for(Method method) {
        events.mass_column = {"m", "TeV"};
        events.feature_columns = {{"x", "1"}};
        events.features = Matrix<float>(events.size(), 1);
        EventWriter writer(path("events.h5"), EventKind::events,
                           header_of(events, MassWindow(3.3, 3.7)), Overwrite::allow);
        writer.append(events);
        (void)writer.commit(some_provenance());
        ChainConfig config;
        config.run.methods = {method};
        config.run.sic = config.run.sculpting = false;
        return events_lack(config, path("events.h5"));
    }
};

TEST_F(EventsLack, DataOfTheSignalRegionWhereAMethodTrainsOnThem) {
    add_data(3.0);
    set_aside(0);
    set_aside(1);
    EXPECT_THAT(lacks_for(Method::supervised), IsEmpty());
    const auto of_classifier = HasSubstr("events; the classifier needs 2");
    for (const Method method : {Method::lacathode, Method::curtains, Method::idealised})
        EXPECT_THAT(lacks_for(method), ElementsAre(of_classifier, of_classifier));
    const auto of_flow = HasSubstr("events; the flow needs 2");
    EXPECT_THAT(lacks_for(Method::anode), ElementsAre(of_flow, of_flow));
}

TEST_F(EventsLack, SignalSetAsideWhereAMethodTrainsOnIt) {
    add_data(3.0);
    add_data(3.5);
    set_aside(0);
    EXPECT_THAT(lacks_for(Method::idealised), IsEmpty());
    const auto no_validation = HasSubstr("0 signal events set aside (prepare.extra_signal_valid");
    EXPECT_THAT(lacks_for(Method::supervised),
                ElementsAre(HasSubstr("0 signal events set aside (prepare.extra_signal_training)"),
                            no_validation));
    add(3.5, 1, Partition::reference_training, Partition::reference_training);
    EXPECT_THAT(lacks_for(Method::supervised), ElementsAre(no_validation));
}

}  // namespace
}  // namespace lacathode::test
