// What is kept of jobs that fail, for those who ask how they are.
#include "workflow/job_list.hpp"
#include "workflow/job_notes.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <new>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "support/scratch.hpp"
#include "workflow/bare_step.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;

const StageContext context;

struct JobList : Scratch {
    std::vector<Step> steps;

    void add(const std::string& name, const std::vector<std::string>& inputs) {
        steps.push_back(bare_step(path(name + ".h5"), inputs));
        steps.back().run = [](const StageContext&) { return Summary{}; };
    }
    // What is told of each of the steps.
    [[nodiscard]] std::vector<std::string> failures() const {
        std::vector<std::string> all;
        for (const PlannedJob& job : planned_jobs(steps, directory_.string(), context, Jobs::all))
            all.push_back(job.failure);
        return all;
    }
    void note(const std::function<void(std::span<const Step>)>& before,
              const std::function<void(std::span<const Step>)>& work) const {
        noting_failure(steps, directory_.string(), before, work);
    }
};

constexpr auto nothing = [](std::span<const Step>) {};

TEST_F(JobList, NoMemoryIsAFailureToo) {
    add("a", {});
    add("b", {});
    EXPECT_THROW(note(nothing,
                      [](std::span<const Step> noting) {
                          noting[0].run(context);
                          throw std::bad_alloc();
                      }),
                 std::bad_alloc);
    EXPECT_THAT(failures(), ElementsAre("out of memory\n", ""));
}

// Also a training whose inputs are there.
TEST_F(JobList, WhatFailsBeforehandConcernsAll) {
    class NoTraining final : public Training {
      public:
        [[nodiscard]] const std::string& family() const override { return family_; }
        [[nodiscard]] std::vector<TrainingResult> train_together(
            std::span<const Training* const>, const StageContext&) const override {
            return {};
        }

      private:
        std::string family_;
    };
    add("flow", {text_file("events.h5", "events")});
    add("late", {path("elsewhere.h5")});
    steps[0].training = std::make_shared<const NoTraining>();
    add("elsewhere", {});
    const std::vector<Step> chosen = {steps[0], steps[1]};
    const auto wait = [&](std::span<const Step>) {
        wait_for_inputs(steps, chosen, directory_.string(), std::chrono::seconds(0));
    };
    EXPECT_THROW(noting_failure(chosen, directory_.string(), wait, nothing), InputError);
    const std::string told =
        path("elsewhere.h5") + " is not there, which job late reads: run job elsewhere first\n";
    EXPECT_THAT(failures(), ElementsAre(told, told, ""));
}

// It is there: no job makes it first.
TEST_F(JobList, AnInputThatCannotBeOpenedIsSaid) {
    std::filesystem::create_symlink("loop.h5", path("loop.h5"));
    add("loop", {});
    add("late", {path("loop.h5")});
    const std::vector<Step> chosen = {steps[1]};
    const auto wait = [&] {
        wait_for_inputs(steps, chosen, directory_.string(), std::chrono::seconds(0));
    };
    EXPECT_THAT(message_of<InputError>(wait), testing::HasSubstr("loop.h5: cannot be opened: "));
}

// A minute beside those of 2 estimates of each of 2 cuts and one without, with 1e6 toys of 7.2e-4
// s, ten times as many if few are beyond, and 1000 of 5.5e-5 s of their goodness; times three.
TEST_F(JobList, ToysHaveTheirTime) {
    Hunt::Config hunt;
    hunt.spectrum.efficiencies = {0.01, 0.001};
    hunt.toys = 1'000'000;
    hunt.signal.kind = SignalKind::gaussian;
    const auto minutes = [&] {
        steps.clear();
        add("hunt", {});
        steps.back().seconds = seconds_of(hunt);
        return planned_jobs(steps, directory_.string(), context, Jobs::all).front().needs.minutes;
    };
    EXPECT_EQ(minutes(), 2U) << "blinded";
    hunt.unblind = true;
    EXPECT_EQ(minutes(), 1 + static_cast<std::size_t>(std::ceil(3 * 5 * (7200 + 0.055) / 60)));
    hunt.background_uncertainty = {0.1, 0.1};
    EXPECT_EQ(minutes(), 1 + static_cast<std::size_t>(std::ceil(3 * 5 * (14400 + 0.055) / 60)));
}

TEST_F(JobList, AStopIsNoFailure) {
    add("a", {});
    EXPECT_THROW(note(nothing,
                      [](std::span<const Step> noting) {
                          noting[0].run(context);
                          throw Interrupted(SIGTERM);
                      }),
                 Interrupted);
    EXPECT_THAT(failures(), ElementsAre(""));
}

TEST_F(JobList, WhatAFileLacksIsToldUntilItLacksNothing) {
    add("events", {});
    text_file("events.h5", "events");
    const std::string directory = directory_.string();
    note_lacks({{path("events.h5"), "no labels"}}, directory);
    note(nothing, nothing);
    EXPECT_THAT(failures(), ElementsAre("no labels\n"));
    EXPECT_TRUE(planned_jobs(steps, directory, context, Jobs::all).front().done);
    note_lacks({{path("events.h5"), ""}}, directory);
    EXPECT_THAT(failures(), ElementsAre(""));
}

}  // namespace
}  // namespace lacathode::test
