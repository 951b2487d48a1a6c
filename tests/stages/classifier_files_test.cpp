// Which files make a classifier: data, and background, both in the space of the method.
#include "stages/train_classifier/classifier_files.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "stages/toy_chain.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

// What the header of a file says of who made its rows.
struct Made {
    std::string flow;  // its hash; empty: no flow
    std::optional<Method> method = {};
    EventKind kind = EventKind::events;
    Region flow_region = Region::sideband;
};

Made events() {
    return {.flow = ""};
}
Made moved(const std::string& flow = "flow") {
    return {.flow = flow};
}
Made latent(const std::string& flow = "flow") {
    return {.flow = flow, .kind = EventKind::latent};
}
Made drawn(Method method) {
    const bool is_latent = info(method).space == Space::latent;
    return {.flow = "flow",
            .method = method,
            .kind = is_latent ? EventKind::latent : EventKind::events};
}
Made selected(Method method, const Made& from = events()) {
    return {.flow = from.flow, .method = method};
}

struct ClassifierFilesTest : Scratch {
    [[nodiscard]] std::string write(const std::string& name, const Made& made) const {
        const EventTable table = toy_data({}, 20, 1);
        EventHeader header = header_of(table, toy_window());
        header.flow_hash = made.flow;
        header.flow_region = made.flow_region;
        header.method = made.method;
        Provenance provenance = some_provenance();
        provenance.origins = {{"0123", {"table"}}};
        std::vector<double> log_prob;
        if (made.kind == EventKind::latent) log_prob.assign(table.size(), 0.0);
        write_events(path(name), made.kind, header, table, log_prob, provenance, Overwrite::allow);
        return path(name);
    }
    // Events of that source.
    void write_table(const std::string& name, const EventTable& events,
                     std::optional<Method> method, const std::string& source = "table") const {
        EventHeader header = header_of(events, toy_window());
        header.method = method;
        Provenance provenance = some_provenance();
        provenance.origins = {{"events of " + source, {source}}};
        write_events(path(name), EventKind::events, header, events, {}, provenance,
                     Overwrite::allow);
    }
    // What a small classifier of data.h5 and background.h5 says of the events, as scores.h5.
    [[nodiscard]] EventFile scored(double validation_fraction, const std::string& events) const {
        TrainClassifier::Config config;
        config.hidden = {4};
        config.training = {.epochs = 1, .batch_size = 100, .keep_best = 1};
        config.validation_fraction = validation_fraction;
        const std::string classifier = path("classifier.h5");
        const std::string scores = path("scores.h5");
        std::filesystem::remove(classifier);
        std::filesystem::remove(scores);
        const StageContext context;
        Job training(context, "{}", TrainClassifier::algorithm, classifier);
        TrainClassifier::run(
            config,
            {.data = path("data.h5"), .background = path("background.h5"), .output = classifier},
            training);
        Job scoring(context, "{}", Score::algorithm, scores);
        Score::run({}, {classifier, path(events), scores}, scoring);
        return read_events(scores, EventKind::scores);
    }
    void read(const Made& data, const Made& background) const {
        (void)read_classifier_events({.data = write("data.h5", data),
                                      .background = write("background.h5", background),
                                      .output = {}});
    }
    [[nodiscard]] std::string refusal(const Made& data, const Made& background) const {
        return message_of<InputError>([&] { read(data, background); });
    }
};

TEST_F(ClassifierFilesTest, ThoseOfEachMethodAreAccepted) {
    EXPECT_NO_THROW(read(latent(), drawn(Method::lacathode)));
    EXPECT_NO_THROW(read(moved(), drawn(Method::double_map)));
    for (const Method method : {Method::cathode, Method::curtains})
        EXPECT_NO_THROW(read(events(), drawn(method))) << method_name(method);
    for (const Method method : {Method::cwola, Method::idealised, Method::supervised})
        EXPECT_NO_THROW(read(events(), selected(method))) << method_name(method);
    EXPECT_NO_THROW(read(events(), selected(Method::cathode))) << "a toy";
}

// Of data always, of background if it is the training's own: a reference no training has seen.
TEST_F(ClassifierFilesTest, AClassifierThatDrewItsValidationEventsHasLearnedFromAllOfTheirs) {
    const EventTable table = toy_data({}, 4'000, 1);
    write_table("data.h5", table, {});
    write_table("background.h5", toy_data({}, 4'000, 2), Method::cathode);
    write_table("reference.h5", toy_data({}, 4'000, 3), Method::cathode);
    const auto validation_events = [&](double fraction, const std::string& events) {
        const EventTable scores = scored(fraction, events).table;
        EXPECT_EQ(std::ranges::count_if(scores.partition, is_trained_on),
                  std::ranges::count_if(table.partition, is_trained_on));
        return std::ranges::count(scores.partition, Partition::validation);
    };
    for (const std::string events : {"data.h5", "background.h5", "reference.h5"})
        EXPECT_GT(validation_events(0, events), 0) << events;
    EXPECT_EQ(validation_events(0.2, "data.h5"), 0);
    EXPECT_EQ(validation_events(0.2, "background.h5"), 0);
    EXPECT_GT(validation_events(0.2, "reference.h5"), 0);
}

// Whichever events are scored: of the others here none is signal.
TEST_F(ClassifierFilesTest, ScoresTellHowMuchSignalTheClassifierLearnedFrom) {
    EventTable data = toy_data({}, 4'000, 1);
    std::int64_t signal = 0;
    for (std::size_t row = 0; row < data.size(); row += 3) {
        data.label[row] = 1;
        signal += is_trained_on(data.partition[row]) && toy_window().contains(data.mass[row]);
    }
    ASSERT_GT(signal, 0);
    write_table("data.h5", data, {});
    write_table("background.h5", toy_data({}, 4'000, 2), Method::cathode);
    write_table("others.h5", toy_data({}, 4'000, 3), {}, "another table");
    for (const std::string events : {"data.h5", "others.h5"}) {
        EXPECT_THAT(scored(0, events).header.counts, Contains(Pair(signal_in_training, signal)));
        EXPECT_EQ(read_scores({path("scores.h5")}).signal_in_training, signal);
    }
}

TEST_F(ClassifierFilesTest, EventsOfAnotherSpaceAreRefused) {
    const auto are_moved = [](const char* file) {
        return HasSubstr(std::string(file) +
                         " lies in the space of features that were moved to one mass");
    };
    EXPECT_THAT(refusal(moved(), drawn(Method::cathode)),
                AllOf(are_moved("data.h5"),
                      HasSubstr("cathode sees events in the space of the features: give the "
                                "events file")));
    EXPECT_THAT(refusal(moved(), selected(Method::cwola)), are_moved("data.h5"));
    EXPECT_THAT(refusal(events(), selected(Method::cwola, moved())), are_moved("background.h5"));
    EXPECT_THAT(refusal(events(), drawn(Method::double_map)),
                AllOf(HasSubstr("data.h5 lies in the space of the features"),
                      HasSubstr("lacathode-transport")));
    EXPECT_THAT(refusal(moved("other"), drawn(Method::double_map)), HasSubstr("different flows"));
    EXPECT_THAT(refusal(latent("other"), drawn(Method::lacathode)), HasSubstr("different flows"));
}

TEST_F(ClassifierFilesTest, BackgroundInPlaceOfDataIsRefused) {
    for (const Method method :
         {Method::lacathode, Method::cathode, Method::double_map, Method::curtains}) {
        EXPECT_THAT(refusal(drawn(method), drawn(method)),
                    HasSubstr("data.h5 is background for " + method_name(method)));
    }
    for (const Method method : {Method::cwola, Method::idealised, Method::supervised}) {
        EXPECT_THAT(refusal(selected(method), selected(method)),
                    HasSubstr("data.h5 is background for " + method_name(method)));
    }
}

TEST_F(ClassifierFilesTest, LatentEventsOfAFlowOfTheSignalRegionAreRefused) {
    const auto of_signal_region = [](Made made) {
        made.flow_region = Region::signal_region;
        return made;
    };
    const char* problem = "the flow was trained in the signal region";
    EXPECT_THAT(refusal(of_signal_region(latent()), drawn(Method::lacathode)),
                AllOf(HasSubstr("data.h5: "), HasSubstr(problem)));
    EXPECT_THAT(refusal(latent(), of_signal_region(drawn(Method::lacathode))),
                AllOf(HasSubstr("background.h5: "), HasSubstr(problem)));
}

}  // namespace
}  // namespace lacathode::test
