// What other settings have left in the directory of a chain.
#include "workflow/other_results.hpp"

#include <gmock/gmock.h>

#include "support/scratch.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/directories.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct OtherResults : Scratch {
    ChainConfig chain;

    void SetUp() override {
        Scratch::SetUp();
        chain.stages.of<Prepare>().input.patterns = {"table.h5"};
        chain.run.methods = {Method::lacathode, Method::cathode};
        chain.run.retrainings = 2;
        chain.run.folds = 3;
        chain.run.hunt = true;
        for (const Step& step : steps()) {
            const std::filesystem::path output(step.output);
            make_directories(output.parent_path());
            write_bytes(output, "made");
        }
    }
    [[nodiscard]] std::vector<Step> steps() const {
        return plan_chain(chain, {}, directory_.string()).steps;
    }
    [[nodiscard]] std::vector<std::string> others() const {
        return other_results(chain.run, steps(), directory_.string());
    }
};

TEST_F(OtherResults, ThereAreNoneOfThisRun) {
    EXPECT_THAT(others(), IsEmpty());
    chain.run.methods.push_back(Method::double_map);
    chain.run.retrainings = 3;
    chain.run.folds = 4;
    EXPECT_THAT(others(), IsEmpty());
}

TEST_F(OtherResults, FewerRetrainingsEvaluationsMethodsAndFoldsLeaveSome) {
    chain.run.retrainings = 1;
    EXPECT_THAT(others(), ElementsAre("lacathode/hunt_01.h5", "lacathode/scores_01.h5",
                                      "cathode/hunt_01.h5", "cathode/scores_01.h5"));
    chain.run.retrainings = 2;
    chain.run.sic = false;
    EXPECT_THAT(others(), ElementsAre("lacathode/sic.h5", "cathode/sic.h5"));
    chain.run.sic = true;
    chain.run.folds = 2;
    EXPECT_THAT(others(), ElementsAre("fold_2"));
    chain.run.folds = 0;
    chain.run.hunt = false;
    EXPECT_THAT(others(),
                ElementsAre("lacathode/hunt_00.h5", "lacathode/hunt_01.h5", "cathode/hunt_00.h5",
                            "cathode/hunt_01.h5", "fold_0", "fold_1", "fold_2"));
    chain.run.hunt = true;
    chain.run.folds = 3;
    chain.run.methods = {Method::lacathode};
    EXPECT_THAT(others(),
                ElementsAre("cathode/hunt_00.h5", "cathode/hunt_01.h5", "cathode/scores_00.h5",
                            "cathode/scores_01.h5", "cathode/sculpting.h5", "cathode/sic.h5"));
}

TEST_F(OtherResults, WhatHasAnotherNameIsOutOfTheWay) {
    for (const char* name : {"lacathode/hunt_blinded.h5", "lacathode/hunt_01_old.h5",
                             "lacathode/scores_.h5", "lacathode/background_scores_07.h5"})
        write_bytes(path(name), "somebody's");
    make_directories(path("fold_3_old"));
    make_directories(path("scan/hunts"));
    write_bytes(path("scan/scores_00.h5"), "somebody's");
    EXPECT_THAT(others(), IsEmpty());
}

TEST_F(OtherResults, AWarningNamesThem) {
    const auto told = [&] {
        testing::internal::CaptureStderr();
        warn_of_other_results(chain.run, steps(), directory_.string());
        return testing::internal::GetCapturedStderr();
    };
    EXPECT_THAT(told(), Not(HasSubstr("move them away")));
    chain.run.folds = 2;
    EXPECT_THAT(told(), HasSubstr("and pictures and reports show them: fold_2; move them away"));
}

}  // namespace
}  // namespace lacathode::test
