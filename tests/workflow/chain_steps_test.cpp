// Which steps of a chain may run side by side.
#include "workflow/chain_steps.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "lacathode/io/thread_safety.hpp"
#include "support/scratch.hpp"
#include "workflow/lean_steps.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

Step step(const std::string& output, const std::vector<std::string>& inputs) {
    Step result{};
    result.name = result.output = output;
    for (const std::string& input : inputs) result.inputs.push_back({"input", input});
    return result;
}

std::vector<std::vector<std::string>> names(const std::vector<std::vector<Step>>& rounds) {
    std::vector<std::vector<std::string>> result;
    for (const std::vector<Step>& round : rounds) {
        result.emplace_back();
        for (const Step& one : round) result.back().push_back(one.name);
    }
    return result;
}

TEST(ChainSteps, ARoundNeedsEarlierRoundsOnly) {
    const std::vector<Step> steps = {step("events", {"table of a user"}),
                                     step("flow_0", {"events"}),
                                     step("latent_0", {"events", "flow_0"}),
                                     step("scores_0", {"latent_0"}),
                                     step("flow_1", {"events"}),
                                     step("latent_1", {"events", "flow_1"}),
                                     step("scores_1", {"latent_1"}),
                                     step("sic", {"scores_0", "scores_1"})};
    EXPECT_THAT(names(in_rounds(steps)),
                ElementsAre(ElementsAre("events"), ElementsAre("flow_0", "flow_1"),
                            ElementsAre("latent_0", "latent_1"),
                            ElementsAre("scores_0", "scores_1"), ElementsAre("sic")));
}

std::vector<std::string> names(const std::vector<Step>& steps) {
    std::vector<std::string> result;
    for (const Step& one : steps) result.push_back(one.name);
    return result;
}

// Outputs in a folder of their own, of which some are there.
struct LeanSteps : Scratch {
    std::vector<Step> steps;

    void SetUp() override {
        Scratch::SetUp();
        for (const auto& [output, inputs] :
             std::vector<std::pair<std::string, std::vector<std::string>>>{
                 {"events", {"table"}},
                 {"flow", {"events"}},
                 {"scores", {"events", "flow"}},
                 {"sic", {"scores"}},
                 {"hunt", {"scores"}}}) {
            std::vector<std::string> paths;
            for (const std::string& input : inputs) paths.push_back(path(input));
            steps.push_back(step(path(output), paths));
            steps.back().name = output;
        }
    }
    void make(const std::vector<std::string>& outputs) const {
        for (const std::string& output : outputs) std::ofstream(path(output)) << output;
    }
    [[nodiscard]] std::vector<std::string> of_use() const {
        return names(steps_of_use(steps, results_of(steps)));
    }
};

TEST_F(LeanSteps, ResultsAreWhatNoStepReads) {
    EXPECT_THAT(results_of(steps), ElementsAre(path("hunt"), path("sic")));
}

TEST_F(LeanSteps, WhatIsGoneIsMadeAgainOnlyIfItIsNeeded) {
    EXPECT_THAT(of_use(), ElementsAre("events", "flow", "scores", "sic", "hunt"));
    make({"events", "sic", "hunt"});
    EXPECT_THAT(of_use(), ElementsAre("events")) << "sic and hunt cannot be compared with scores";
    fs::remove(path("hunt"));
    EXPECT_THAT(of_use(), ElementsAre("events", "flow", "scores", "sic", "hunt"));
    make({"scores"});
    EXPECT_THAT(of_use(), ElementsAre("events", "sic", "hunt")) << "scores cannot be compared";
}

TEST_F(LeanSteps, ResultsAreNotDiscarded) {
    make({"events", "flow", "scores", "sic"});
    discard_outputs(steps, results_of(steps));
    EXPECT_FALSE(fs::exists(path("events")) || fs::exists(path("flow")));
    EXPECT_TRUE(fs::exists(path("sic")));
}

// How many of two steps of one round were at work at once; each waits a while for the other.
int at_once(bool alone) {
    std::mutex mutex;
    std::condition_variable arrived;
    int working = 0;
    int most = 0;
    const auto work = [&](const StageContext&) -> Summary {
        std::unique_lock lock(mutex);
        most = std::max(most, ++working);
        arrived.notify_all();
        arrived.wait_for(lock, std::chrono::seconds(alone || !io_is_thread_safe() ? 1 : 60),
                         [&] { return most == 2; });
        --working;
        return {};
    };
    std::vector<Step> steps = {step("a", {}), step("b", {})};
    for (Step& one : steps) {
        one.output = testing::TempDir() + "/chain_steps_test_" + one.name;
        one.run = work;
        one.alone = alone;
    }
    StageContext context;
    context.common.threads = 2;
    run_steps(steps, context, [] {});
    return most;
}

TEST(ChainSteps, StepsRunSideBySideButThoseThatMakeProcesses) {
    EXPECT_EQ(at_once(false), io_is_thread_safe() ? 2 : 1);
    EXPECT_EQ(at_once(true), 1);
}

}  // namespace
}  // namespace lacathode::test
