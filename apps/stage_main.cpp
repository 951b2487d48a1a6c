// The program of one stage: LACATHODE_STAGE names it, and everything else comes from the stage.
#include <memory>

#include "lacathode/core/errors.hpp"
#include "lacathode/workflow/all_stages.hpp"
#include "programs.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    return tool_main(argc, argv, [] {
        const std::shared_ptr<Stage> stage = make_stage(LACATHODE_STAGE);
        expects(stage != nullptr, "the stage is in the list of all stages");
        return Tool{.name = tool_name(stage->name()),
                    .description = stage->description(),
                    .example = stage->example(),
                    .arguments = stage->arguments(),
                    .sections = {stage->section()},
                    .further_sections = stage->further_sections(),
                    .problems = [stage] { return stage->problems(); },
                    .run = [stage](const StageContext& context) { return stage->run(context); }};
    });
}
