// Trainings of other events, seeds and shapes as one computation are what each is alone.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/frame/training_file.hpp"
#include "stages/toy_chain.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A training and its place among others.
template <class Paths>
struct Wanted {
    std::size_t seed;
    std::size_t number;
    Paths files;
};

struct TrainingsTogether : Scratch {
    [[nodiscard]] std::string write(const std::string& name, const EventTable& events,
                                    std::optional<Method> method = {}) const {
        Provenance provenance = some_provenance();
        provenance.origins = {{"", {"table of " + name}}};
        EventHeader header = header_of(events, toy_window());
        header.method = method;
        write_events(path(name), EventKind::events, header, events, {}, provenance,
                     Overwrite::allow);
        return path(name);
    }

    // Hashes of what the outputs hold.
    template <class Stage>
    [[nodiscard]] std::vector<std::string> trained(
        const typename Stage::Config& config,
        const std::vector<Wanted<typename Stage::Paths>>& wanted) const {
        std::vector<RetrainingJob> jobs;
        for (const auto& one : wanted) {
            StageContext context;
            context.common.seed = one.seed;
            context.common.threads = 1;
            context.common.backend = Backend::torch;
            context.overwrite = Overwrite::allow;
            jobs.push_back({one.number, Job(context, "{}", Stage::algorithm,
                                            path(concat("out_", jobs.size(), ".h5")))});
        }
        std::vector<JointTraining<typename Stage::Paths>> trainings;
        for (std::size_t i = 0; i < jobs.size(); ++i)
            trainings.push_back({&jobs[i], wanted[i].files});
        Stage::run_together(config, trainings);
        std::vector<std::string> hashes;
        for (const RetrainingJob& one : jobs) {
            EXPECT_EQ(one.failure, "");
            hashes.push_back(std::get<std::string>(one.job.summary().back().second));
        }
        return hashes;
    }

    // All at once and each alone; alone the file it is made of counts, so they all differ.
    template <class Stage>
    void expect_the_same_alone(const typename Stage::Config& config,
                               const std::vector<Wanted<typename Stage::Paths>>& wanted) const {
        std::vector<std::string> alone;
        for (const auto& one : wanted) alone.push_back(trained<Stage>(config, {one}).front());
        EXPECT_EQ(trained<Stage>(config, wanted), alone);
        EXPECT_EQ(std::set(alone.begin(), alone.end()).size(), wanted.size());
    }
};

EventTable weighted(EventTable events) {
    RandomStream random(97, "weights");
    for (std::size_t row = 0; row < events.size(); ++row)
        events.weight.push_back(static_cast<float>(0.5 + random.uniform()));
    return events;
}

// The toy's first feature alone.
EventTable with_one_feature(EventTable events) {
    std::vector<float> first;
    for (std::size_t row = 0; row < events.size(); ++row) first.push_back(events.features(row, 0));
    events.features = Matrix<float>(events.size(), 1, std::move(first));
    events.feature_columns.resize(1);
    return events;
}

TEST_F(TrainingsTogether, FlowsOfOtherEventsSeedsAndShapes) {
    const TrainFlow::Config config{.architecture = {.hidden = 8, .blocks = 2},
                                   .training = {.epochs = 2, .batch_size = 100, .keep_best = 1},
                                   .adam = {}};
    const auto files = [this](const std::string& name, const EventTable& events) {
        return TrainFlow::Paths{.events = write(name, events), .output = {}};
    };
    const TrainFlow::Paths large = files("large.h5", toy_data({}, 6'000, 1));
    const TrainFlow::Paths small = files("small.h5", toy_data({}, 1'500, 2));
    expect_the_same_alone<TrainFlow>(
        config, {{1, 0, large},
                 {1, 0, small},
                 {1, 1, large},
                 {2, 0, small},
                 {1, 0, files("weighted.h5", weighted(toy_data({}, 2'000, 3)))},
                 {1, 0, files("one.h5", with_one_feature(toy_data({}, 2'000, 4)))}});
}

TEST_F(TrainingsTogether, ClassifiersOfOtherEventsSeedsAndShapes) {
    const auto files = [this](const std::string& name, const EventTable& data,
                              const EventTable& background) {
        return TrainClassifier::Paths{.data = write("data_" + name, data),
                                      .background = write(name, background, Method::cathode),
                                      .output = {}};
    };
    const TrainClassifier::Paths large =
        files("large.h5", toy_data({}, 9'000, 1), toy_data({}, 6'000, 2));
    const TrainClassifier::Paths small =
        files("small.h5", toy_data({}, 2'000, 3), weighted(toy_data({}, 3'000, 4)));
    const TrainClassifier::Paths narrow = files("one.h5", with_one_feature(toy_data({}, 2'000, 5)),
                                                with_one_feature(toy_data({}, 2'000, 6)));
    using Inputs = std::vector<FurtherInput>;
    for (const auto& [further, validation_fraction] :
         {std::pair(Inputs{}, 0.0), {{FurtherInput::noise}, 0.0}, {{}, 0.3}}) {
        TrainClassifier::Config config;
        config.hidden = {8};
        config.training = {.epochs = 2, .batch_size = 100, .keep_best = 2};
        config.further_inputs = further;
        config.validation_fraction = validation_fraction;
        expect_the_same_alone<TrainClassifier>(
            config, {{1, 0, large}, {1, 0, small}, {1, 1, large}, {2, 0, small}, {1, 0, narrow}});
    }
}

TEST_F(TrainingsTogether, AFileThatLacksEventsIsNamedBeforeAnyIsTrained) {
    const EventTable events = toy_data({}, 2'000, 1);
    const std::string good = write("a.h5", events);
    const std::string bad = write("b.h5", part(events, Partition::training, Region::sideband));
    const std::string message = message_of<InputError>([&] {
        static_cast<void>(trained<TrainFlow>(
            {}, {{1, 0, {.events = good, .output = {}}}, {1, 1, {.events = bad, .output = {}}}}));
    });
    EXPECT_THAT(message, HasSubstr("b.h5: "));
    EXPECT_THAT(message, HasSubstr("sideband validation events"));
    EXPECT_EQ(listing(), "a.h5 b.h5");
}

TEST_F(TrainingsTogether, TheirStateIsOfAllOfThem) {
    const auto job = [this](const std::string& events_hash) {
        const StageContext context;
        Job made(context, "{}", 1, path("out.h5"));
        made.made_from({"events", "events.h5", events_hash});
        return made;
    };
    const Job first = job("1");
    const Job second = job("2");
    const Job third = job("3");
    using Together = std::vector<const Job*>;
    Job::training_file(Together{&first, &second}).keep({});
    const auto is_kept = [&](const Job& other) {
        return Job::training_file(Together{&first, &other}).kept().has_value();
    };
    EXPECT_THAT((std::vector{is_kept(second), is_kept(third)}), ElementsAre(true, false));
}

// Also when it is told to stop in the middle of something, where the state is kept at once.
TEST_F(TrainingsTogether, SomebodyElsesFileInThePlaceOfTheStateIsLeftAlone) {
    std::ofstream(training_path(path("out.h5"))) << "precious";
    TrainingFile file(path("out.h5"), some_provenance(), std::chrono::seconds(0));
    EXPECT_FALSE(file.kept());
    file.keep({});
    EXPECT_EQ(std::filesystem::file_size(training_path(path("out.h5"))), 8U);

    const std::string events = write("events.h5.training", toy_data({}, 100, 1));
    TrainingFile of_events(path("events.h5"), some_provenance(), std::chrono::seconds(0));
    EXPECT_FALSE(of_events.kept());
    of_events.keep({});
    of_events.discard();
    EXPECT_EQ(read_events(events, EventKind::events).table.size(), 100U);
}

}  // namespace
}  // namespace lacathode::test
