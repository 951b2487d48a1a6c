#include <algorithm>
#include <iterator>
#include <memory>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/results.hpp"
#include "lacathode/workflow/study.hpp"
#include "programs.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

struct StudyTool {
    Study study;
    std::string directory;
    bool list_jobs = false;
    std::vector<StudyJob> jobs;                                               // of --list-jobs
    std::vector<std::pair<std::string, std::vector<MethodResults>>> results;  // by chain
    std::vector<std::string> failed;                                          // checks of flows

    Summary run(const StageContext& context) {
        if (list_jobs) {
            jobs = study_jobs(study, context, directory);
            return {};
        }
        run_study(study, context, directory);
        for (const StudyChain& chain : chains_of(study, context.common)) {
            const std::string folder = chain_folder(study, directory, chain.name);
            results.emplace_back(chain.name, read_results(folder, chain.config.run));
            std::ranges::move(failed_checks(chain.config.run, folder), std::back_inserter(failed));
        }
        return {{"out", directory}};
    }

    [[nodiscard]] std::string json() const {
        return to_json(list_jobs ? jobs_tree() : results_tree());
    }

    [[nodiscard]] std::string text() const {
        std::string text;
        for (const StudyJob& job : jobs)
            text += concat(job.done ? "done  " : "to do ", job.id, "  ", job.name, '\n');
        for (const auto& [chain, methods] : results)
            text += concat(text.empty() ? "" : "\n", chain, '\n', results_table(methods));
        return text;
    }

  private:
    [[nodiscard]] JsonTree jobs_tree() const {
        JsonTree::Items items;
        for (const StudyJob& job : jobs) {
            JsonTree tree;
            tree["id"] = job.id;
            tree["name"] = job.name;
            tree["output"] = job.output;
            tree["inputs"] = JsonTree::Items(job.inputs.begin(), job.inputs.end());
            tree["done"] = job.done;
            items.emplace_back(tree);
        }
        JsonTree tree;
        tree["jobs"] = items;
        return tree;
    }

    [[nodiscard]] JsonTree results_tree() const {
        JsonTree tree;
        tree["out"] = directory;
        for (const auto& [chain, methods] : results) {
            for (const auto& [method, quantities] : methods)
                tree["results"][chain][method] = summary_of(quantities);
        }
        return tree;
    }
};

Tool study_tool() {
    const auto tool = std::make_shared<StudyTool>();
    return {.name = tool_name("study"),
            .description = study_description,
            .example = "lacathode-study --config configs/paper/lacathode_fig6.json --out out/paper",
            .arguments = {{"out", ArgumentKind::output,
                           "Directory of all outputs, which several studies may share; made if "
                           "absent.",
                           &tool->directory},
                          {"list_jobs", ArgumentKind::flag,
                           "List every file that the study makes, and stop.", &tool->list_jobs,
                           Presence::optional}},
            .sections = sections(tool->study),
            .field_options = FieldOptions::set_only,
            .problems = [tool] { return problems(tool->study); },
            .run = [tool](const StageContext& context) { return tool->run(context); },
            .text = [tool] { return tool->text(); },
            .json = [tool] { return tool->json(); },
            .verdict = [tool] { require_passed_checks(tool->failed); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, study_tool);
}
