// The program of one stage: LACATHODE_STAGE names it, and everything else comes from the stage.
#include <memory>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/frame/failed_check.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "programs.hpp"
#include "tool_main.hpp"

namespace lacathode {
namespace {

// What the stage says, also of an output that fails its check, which `failed` then holds.
Summary run_to_the_end(const Stage& stage, const StageContext& context,
                       std::optional<FailedCheck>& failed) {
    try {
        return stage.run(context);
    } catch (const FailedCheck& check) {
        failed = check;
        return check.summary;
    }
}

}  // namespace
}  // namespace lacathode

int main(int argc, char** argv) {
    using namespace lacathode;
    return tool_main(argc, argv, [] {
        const std::shared_ptr<Stage> stage = make_stage(LACATHODE_STAGE);
        expects(stage != nullptr, "the stage is in the list of all stages");
        const auto failed = std::make_shared<std::optional<FailedCheck>>();
        return Tool{.name = tool_name(stage->name()),
                    .description = stage->description(),
                    .example = stage->example(),
                    .arguments = stage->arguments(),
                    .sections = {stage->section()},
                    .further_sections = stage->further_sections(),
                    .problems = [stage] { return stage->problems(); },
                    .run =
                        [stage, failed](const StageContext& context) {
                            return run_to_the_end(*stage, context, *failed);
                        },
                    .verdict =
                        [failed] {
                            if (*failed) throw **failed;
                        }};
    });
}
