#include <memory>

#include "programs.hpp"
#include "study_tool.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

struct AnyStudy {
    Study study;
    StudyTool tool;
};

Tool study_tool() {
    const auto any = std::make_shared<AnyStudy>();
    return {
        .name = tool_name("study"),
        .description = study_description,
        .example = "lacathode-study --config configs/paper/lacathode_fig6.json --out out/paper",
        .arguments = any->tool.arguments(),
        .sections = sections(any->study),
        .field_options = FieldOptions::set_only,
        .problems = [any] { return any->tool.problems(); },
        .problems_of_run = [any] { return problems(any->study); },
        .run = [any](const StageContext& context) { return any->tool.run(any->study, context); },
        .text = [any] { return any->tool.text(); },
        .json = [any] { return any->tool.json(); },
        .verdict = [any] { require_passed_checks(any->tool.failed); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, study_tool);
}
