// Which files make a classifier: data, and background, both in the space of the method.
#include "stages/train_classifier/classifier_files.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "stages/toy_chain.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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
    const auto write_table = [&](const std::string& name, const EventTable& events,
                                 std::optional<Method> method) {
        EventHeader header = header_of(events, toy_window());
        header.method = method;
        Provenance provenance = some_provenance();
        provenance.origins = {{"0123", {"table"}}};
        write_events(path(name), EventKind::events, header, events, {}, provenance,
                     Overwrite::allow);
    };
    write_table("data.h5", table, {});
    write_table("background.h5", toy_data({}, 4'000, 2), Method::cathode);
    write_table("reference.h5", toy_data({}, 4'000, 3), Method::cathode);
    const StageContext context;
    const auto validation_events = [&](double fraction, const std::string& events) {
        TrainClassifier::Config config;
        config.hidden = {4};
        config.training = {.epochs = 1, .batch_size = 100, .keep_best = 1};
        config.validation_fraction = fraction;
        const std::string name = concat("classifier_", fraction, ".h5");
        std::filesystem::remove(path(name));
        std::filesystem::remove(path("scores.h5"));
        Job training(context, "{}", TrainClassifier::algorithm, path(name));
        TrainClassifier::run(
            config,
            {.data = path("data.h5"), .background = path("background.h5"), .output = path(name)},
            training);
        Job scoring(context, "{}", Score::algorithm, path("scores.h5"));
        Score::run({}, {path(name), path(events), path("scores.h5")}, scoring);
        const EventTable scored = EventReader(path("scores.h5"), EventKind::scores).read_all();
        EXPECT_EQ(std::ranges::count_if(scored.partition, is_trained_on),
                  std::ranges::count_if(table.partition, is_trained_on));
        return std::ranges::count(scored.partition, Partition::validation);
    };
    for (const std::string events : {"data.h5", "background.h5", "reference.h5"})
        EXPECT_GT(validation_events(0, events), 0) << events;
    EXPECT_EQ(validation_events(0.2, "data.h5"), 0);
    EXPECT_EQ(validation_events(0.2, "background.h5"), 0);
    EXPECT_GT(validation_events(0.2, "reference.h5"), 0);
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
