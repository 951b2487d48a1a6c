// Which steps of a chain may run side by side.
#include "workflow/chain_steps.hpp"

#include <gmock/gmock.h>

namespace lacathode::test {
namespace {

using testing::ElementsAre;

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

}  // namespace
}  // namespace lacathode::test
