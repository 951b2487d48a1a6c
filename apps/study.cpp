#include <algorithm>
#include <iterator>
#include <memory>

#include "job_options.hpp"
#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/problems.hpp"
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
    JobOptions options;
    std::vector<PlannedJob> jobs;                                             // that are told of
    StageContext asked;                                                       // who told
    std::vector<std::pair<std::string, std::vector<MethodResults>>> results;  // by chain
    std::vector<std::string> failed;                                          // checks of flows

    Summary run(const StageContext& context) {
        asked = context;
        if (options.only_tell()) {
            jobs = study_jobs(study, context, directory, options.dry_run);
            return {};
        }
        if (!options.only.empty()) {
            run_study_jobs(study, context, directory, options.selection());
            return {};
        }
        options.gather ? gather_study(study, context, directory)
                       : run_study(study, context, directory);
        for (const StudyChain& chain : chains_of(study, context.common)) {
            const std::string folder = chain_folder(study, directory, chain.name);
            results.emplace_back(chain.name, read_results(folder, chain.config.run));
            std::ranges::move(failed_checks(chain.config.run, folder), std::back_inserter(failed));
        }
        return {{"out", directory}};
    }

    [[nodiscard]] std::string json() const {
        return to_json(options.only_tell() ? jobs_tree(jobs, asked) : results_tree());
    }

    [[nodiscard]] std::string text() const {
        if (options.only_tell()) return jobs_text(jobs, options);
        std::string text;
        for (const auto& [chain, methods] : results)
            text += concat(text.empty() ? "" : "\n", chain, '\n', results_table(methods));
        return text;
    }

  private:
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
    std::vector<Argument> arguments = tool->options.arguments();
    arguments.insert(arguments.begin(),
                     {"out", ArgumentKind::output,
                      "Directory of all outputs, which several studies may share; made if absent.",
                      &tool->directory});
    return {.name = tool_name("study"),
            .description = study_description,
            .example = "lacathode-study --config configs/paper/lacathode_fig6.json --out out/paper",
            .arguments = std::move(arguments),
            .sections = sections(tool->study),
            .field_options = FieldOptions::set_only,
            .problems =
                [tool] {
                    Problems found;
                    found.add(problems(tool->study));
                    found.add(tool->options.problems());
                    return found.take();
                },
            .run = [tool](const StageContext& context) { return tool->run(context); },
            .text = [tool] { return tool->text(); },
            .json = [tool] { return tool->json(); },
            .verdict = [tool] { require_passed_checks(tool->failed); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, study_tool);
}
