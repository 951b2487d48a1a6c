// Which steps may run side by side.
#include "workflow/step.hpp"

#include <gmock/gmock.h>

#include "workflow/bare_step.hpp"

namespace lacathode::test {
namespace {

using testing::ElementsAre;

std::vector<std::vector<std::string>> names(const std::vector<std::vector<Step>>& rounds) {
    std::vector<std::vector<std::string>> result;
    for (const std::vector<Step>& round : rounds) {
        result.emplace_back();
        for (const Step& one : round) result.back().push_back(one.name);
    }
    return result;
}

TEST(Rounds, ARoundNeedsEarlierRoundsOnly) {
    const std::vector<Step> steps = {bare_step("events", {"table of a user"}),
                                     bare_step("flow_0", {"events"}),
                                     bare_step("latent_0", {"events", "flow_0"}),
                                     bare_step("scores_0", {"latent_0"}),
                                     bare_step("flow_1", {"events"}),
                                     bare_step("latent_1", {"events", "flow_1"}),
                                     bare_step("scores_1", {"latent_1"}),
                                     bare_step("sic", {"scores_0", "scores_1"})};
    EXPECT_THAT(names(in_rounds(steps)),
                ElementsAre(ElementsAre("events"), ElementsAre("flow_0", "flow_1"),
                            ElementsAre("latent_0", "latent_1"),
                            ElementsAre("scores_0", "scores_1"), ElementsAre("sic")));
}

}  // namespace
}  // namespace lacathode::test
