#include "study_tool.hpp"

#include <algorithm>
#include <iterator>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

JsonTree results_tree(const StudyTool& tool) {
    JsonTree tree;
    tree["out"] = tool.directory;
    for (const auto& [chain, methods] : tool.results) {
        for (const auto& [method, quantities] : methods)
            tree["results"][chain][method] = summary_of(quantities);
    }
    return tree;
}

}  // namespace

std::vector<Argument> StudyTool::arguments() {
    std::vector<Argument> all = options.arguments();
    all.insert(all.begin(), {"out", ArgumentKind::output,
                             "Directory of all outputs, which several studies may share; made if "
                             "absent.",
                             &directory});
    all.push_back(
        {"discard", ArgumentKind::flag,
         "Work on a few chains at a time, and delete what only they need as soon as their "
         "results are there.",
         &discard, Presence::optional});
    return all;
}

std::vector<std::string> StudyTool::problems() const {
    std::vector<std::string> found = options.problems();
    if (discard && (options.only_tell() || options.gather || !options.only.empty()))
        found.emplace_back("--discard is for a run of the whole study; leave it out");
    return found;
}

Summary StudyTool::run(const Study& study, const StageContext& context,
                       const std::function<void()>& read) {
    asked = context;
    if (options.only_tell()) {
        jobs = study_jobs(study, context, directory, options.listed());
        return {};
    }
    if (!options.only.empty()) {
        run_study_jobs(study, context, directory, options.selection());
        return {};
    }
    const auto intermediates = discard ? Intermediates::discard : Intermediates::keep;
    const auto read_all = [&] {
        for (const StudyChain& chain : chains_of(study, context.common)) {
            const std::string folder = chain_folder(study, directory, chain.name);
            results.emplace_back(chain.name, read_results(folder, chain.config.run));
            std::ranges::move(failed_checks(chain.config.run, folder), std::back_inserter(failed));
        }
        if (read) read();
    };
    options.gather ? gather_study(study, context, directory, options.latency(), {.after = read_all})
                   : run_study(study, context, directory, intermediates, {.after = read_all});
    return {{"out", directory}};
}

std::string StudyTool::json() const {
    return to_json(options.only_tell() ? jobs_tree(jobs, asked) : results_tree(*this));
}

std::string StudyTool::text() const {
    if (options.only_tell()) return jobs_text(jobs, options);
    std::string text;
    for (const auto& [chain, methods] : results)
        text += concat(text.empty() ? "" : "\n", chain, '\n', results_table(methods));
    return text;
}

}  // namespace lacathode
