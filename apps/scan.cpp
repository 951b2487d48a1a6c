#include <memory>

#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/workflow/search.hpp"
#include "programs.hpp"
#include "study_tool.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

struct Scan {
    Search search;
    StudyTool tool;
};

Tool scan_tool() {
    const auto scan = std::make_shared<Scan>();
    const std::vector<Section> all = sections(scan->search);
    return {.name = tool_name("scan"),
            .description = scan_description,
            .example =
                "lacathode-scan --config search.json --set scan.centres=3.1,3.5,3.9 --out "
                "out/search",
            .arguments = scan->tool.arguments(),
            .sections = {all.begin() + 1, all.end()},  // but for the toys
            .field_options = FieldOptions::set_only,
            .problems =
                [scan] {
                    Problems found;
                    found.add(problems(scan->search));
                    if (found.empty()) found.add(problems(scan_study(scan->search)));
                    found.add(scan->tool.problems());
                    return found.take();
                },
            .run =
                [scan](const StageContext& context) {
                    const std::string remark = remark_on_windows(scan->search);
                    if (!remark.empty()) log_warning(remark);
                    return scan->tool.run(scan_study(scan->search), context);
                },
            .text = [scan] { return scan->tool.text(); },
            .json = [scan] { return scan->tool.json(); },
            .verdict = [scan] { require_passed_checks(scan->tool.failed); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, scan_tool);
}
