// Why a file that is there cannot stand for what a stage would make.
#include "lacathode/stages/frame/recipe.hpp"

#include <gmock/gmock.h>

#include "stages/scores_files.hpp"

namespace lacathode::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct RecipeOfScores : ScoresFiles {
    // What is wrong with scores that were made with `config` by version 1, for a stage of `recipe`.
    [[nodiscard]] std::string reason(const std::string& config, const Recipe& recipe) const {
        const std::string scores =
            write("scores_00.h5", "classifier", {0.5F}, [&](ScoresFile& file) {
                file.provenance.algorithm = 1;
                file.provenance.config = config;
                file.provenance.inputs.clear();
            });
        return staleness(scores, recipe).reason;
    }
};

constexpr const char* of_score = R"({"common":{"seed":1},"score":{"block_rows":65536}})";
constexpr const char* of_folds = R"({"common":{"seed":1},"combine_folds":{"block_rows":65536}})";

TEST_F(RecipeOfScores, AnotherStagesFileIsNoMatterOfVersionsOrKeys) {
    for (const int algorithm : {1, 2}) {
        EXPECT_EQ(reason(of_folds, {algorithm, of_score, {}}),
                  "it is another stage's (combine_folds), as other settings have it there "
                  "(run.folds, run.members)");
    }
}

TEST_F(RecipeOfScores, TheStagesOwnFileIs) {
    EXPECT_THAT(reason(of_score, {1, of_score, {}}), IsEmpty());
    EXPECT_THAT(reason(of_score, {2, of_score, {}}), StartsWith("it was made with version 1"));
    const char* with_seed = R"({"common":{"seed":2},"score":{"block_rows":65536}})";
    EXPECT_THAT(reason(with_seed, {1, of_score, {}}), HasSubstr("common.seed (was 2, is 1)"));
}

}  // namespace
}  // namespace lacathode::test
