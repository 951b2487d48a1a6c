// What prepared events lack depends on what the methods train on.
#include "workflow/events_lack.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/io/event_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
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
        ChainConfig config;
        config.run.methods = {method};
        config.run.sic = config.run.sculpting = false;
        return lacks_of(config);
    }
    std::vector<std::string> lacks_of(const ChainConfig& config) {
        events.mass_column = {"m", "TeV"};
        events.feature_columns = {{"x", "1"}};
        events.features = Matrix<float>(events.size(), 1);
        EventWriter writer(path("events.h5"), EventKind::events,
                           header_of(events, MassWindow(3.3, 3.7)), Overwrite::allow);
        writer.append(events);
        (void)writer.commit(some_provenance());
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

TEST_F(EventsLack, BinsThatNegativeWeightsOutweighWhereASearchFitsThem) {
    add_data(3.0);
    add_data(3.5);
    ChainConfig config;
    config.stages.of<Prepare>().input.patterns = {"table.csv"};
    config.run.methods = {Method::lacathode};
    config.run.sic = config.run.sculpting = false;
    config.run.folds = 2;
    config.run.hunt = true;
    const auto lacks_where_negative = [&](double mass) {
        events.weight.clear();
        for (const double one : events.mass) events.weight.push_back(one == mass ? -1.0F : 2.0F);
        return lacks_of(config);
    };
    EXPECT_THAT(lacks_where_negative(9), IsEmpty());
    for (const double mass : {3.0, 3.5}) {
        EXPECT_THAT(lacks_where_negative(mass),
                    ElementsAre(AllOf(HasSubstr("table.csv: the weights between the masses"),
                                      HasSubstr("fit_background.bin_width"))))
            << mass;
    }
    config.run.hunt = false;
    EXPECT_THAT(lacks_where_negative(3.5), IsEmpty());
}

// P(m > x) = (2.5 / x)^6, without and with a turn-on at 3.
TEST_F(EventsLack, ASpectrumThatPseudoDataCanBeDrawnFrom) {
    constexpr int size = 20'000;
    ChainConfig config;
    config.stages.of<Prepare>().input.patterns = {"table.csv"};
    config.run.methods = {Method::lacathode};
    config.run.sic = config.run.sculpting = false;
    config.run.pseudo_data = true;
    SpectrumSettings& spectrum = config.stages.of<FitBackground>();
    spectrum.shape = SpectrumShape::log_polynomial;
    spectrum.least_parameters = 2;
    spectrum.most_parameters = 3;
    const auto lacks_from = [&](double turn_on) {
        events = {};
        for (int i = 0; i < size; ++i) {
            const double mass = 2.5 * std::pow((i + 0.5) / size, -1.0 / 6);
            if (mass < turn_on) continue;
            events.mass.push_back(mass);
            events.label.push_back(0);
            events.partition.push_back(i % 2 == 0 ? Partition::training : Partition::validation);
            events.source_row.push_back(i);
        }
        return lacks_of(config);
    };
    EXPECT_THAT(lacks_from(0), IsEmpty());
    EXPECT_THAT(lacks_from(3),
                ElementsAre(AllOf(HasSubstr("table.csv: the function of the spectrum"),
                                  HasSubstr("fit_background.low"))));
    config.stages.of<PseudoData>().source = PseudoSource::bootstrap;
    EXPECT_THAT(lacks_from(3), IsEmpty());
}

}  // namespace
}  // namespace lacathode::test
