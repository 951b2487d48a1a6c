// Partitions hold within the events file that a model was trained on, and for other sources.
#include "lacathode/stages/events/training_guard.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "stages/toy_chain.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct TrainingGuard : Scratch {
    std::string write(const std::string& name, const EventOrigins& origins,
                      EventKind kind = EventKind::events) const {
        const EventTable table = toy_data({}, 10, 1);
        Provenance provenance = some_provenance();
        provenance.origins = origins;
        std::vector<double> log_prob;
        if (kind == EventKind::latent) log_prob.assign(table.size(), 0.0);
        write_events(path(name), kind, header_of(table, toy_window()), table, log_prob, provenance,
                     Overwrite::allow);
        return path(name);
    }
    [[nodiscard]] static std::string refusal(const EventOrigins& trained_on,
                                             const EventReader& events) {
        const std::string model = "flow.h5";
        return message_of<InputError>([&] {
            require_valid_partitions({model, trained_on}, events);
        });
    }
    static void expect_accepted(const EventOrigins& trained_on, const EventReader& events) {
        const std::string model = "flow.h5";
        EXPECT_NO_THROW(require_valid_partitions({model, trained_on}, events));
    }
};

TEST_F(TrainingGuard, AnEventsFileIsItsOwnOrigin) {
    const EventReader events(write("events.h5", {{"", {"table", "extra"}}}), EventKind::events);
    EXPECT_EQ(events.provenance().origins,
              (EventOrigins{{events.content_hash(), {"table", "extra"}}}));
    const EventReader latent(write("latent.h5", events.provenance().origins, EventKind::latent),
                             EventKind::latent);
    EXPECT_EQ(latent.provenance().origins, events.provenance().origins);
}

TEST_F(TrainingGuard, TheEventsOfTheTrainingAreAccepted) {
    const EventReader events(write("events.h5", {{"", {"table"}}}), EventKind::events);
    const EventReader latent(write("latent.h5", events.provenance().origins, EventKind::latent),
                             EventKind::latent);
    expect_accepted(events.provenance().origins, events);
    expect_accepted(events.provenance().origins, latent);
}

TEST_F(TrainingGuard, AnotherSplitOfTheSameSourceIsRefused) {
    const EventReader events(write("other.h5", {{"", {"table", "extra"}}}), EventKind::events);
    for (const EventOrigins& trained_on :
         {EventOrigins{{"0123", {"extra"}}},
          EventOrigins{{"4567", {"elsewhere"}}, {"0123", {"table"}}}}) {
        EXPECT_THAT(
            refusal(trained_on, events),
            AllOf(HasSubstr(events.path()), HasSubstr(events.content_hash()), HasSubstr("flow.h5"),
                  HasSubstr("0123"), HasSubstr("same source"), HasSubstr("lacathode-apply")));
    }
}

TEST_F(TrainingGuard, EventsOfAnotherSourceAreAllUnseen) {
    const EventReader events(write("other.h5", {{"", {"table"}}}), EventKind::events);
    expect_accepted({{"0123", {"another table", "extra"}}}, events);
}

TEST_F(TrainingGuard, WhatIsNotKnownIsRefused) {
    const EventReader events(write("events.h5", {{"", {"table"}}}), EventKind::events);
    EXPECT_THAT(refusal({}, events),
                AllOf(HasSubstr("flow.h5 does not say"), HasSubstr("make it again")));
    const EventReader latent(write("latent.h5", {}, EventKind::latent), EventKind::latent);
    EXPECT_THAT(refusal(events.provenance().origins, latent), HasSubstr("latent.h5 does not say"));
}

}  // namespace
}  // namespace lacathode::test
