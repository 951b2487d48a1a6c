// Files that nothing needs any more.
#include "workflow/lean_steps.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "support/scratch.hpp"
#include "workflow/bare_step.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

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
            steps.push_back(bare_step(path(output), paths));
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

}  // namespace
}  // namespace lacathode::test
