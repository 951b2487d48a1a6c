#include <memory>

#include "job_options.hpp"
#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/chain.hpp"
#include "lacathode/workflow/results.hpp"
#include "programs.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

// Of "cathode/sample_0" the member "sample_0" of the member "cathode".
JsonTree& member(JsonTree& tree, const std::string& path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) return tree[path];
    return member(tree[path.substr(0, slash)], path.substr(slash + 1));
}

struct Chain {
    ChainConfig config;
    std::string directory;
    JobOptions options;
    std::vector<PlannedJob> jobs;  // that are told of
    StageContext asked;            // who told
    std::vector<std::pair<std::string, Summary>> steps;
    std::vector<MethodResults> results;
    std::vector<MethodResults> checks;

    Summary run(const StageContext& context) {
        asked = context;
        if (options.only_tell()) {
            jobs = chain_jobs(config, context, directory, options.listed());
            return {};
        }
        if (!options.only.empty()) {
            run_chain_jobs(config, context, directory, options.selection());
            return {};
        }
        if (options.gather) {
            require_chain_made(config, context, directory, options.latency());
        } else {
            steps = run_chain(config, context, directory);
        }
        results = read_results(directory, config.run);
        checks = read_flow_checks(directory, config.run);
        return {{"out", directory}};
    }

    [[nodiscard]] std::string json() const {
        if (options.only_tell()) return to_json(jobs_tree(jobs, asked));
        JsonTree tree;
        tree["out"] = directory;
        for (const auto& [step, summary] : steps) member(tree["steps"], step) = summary;
        for (const auto& [method, quantities] : results) {
            tree["results"][method] = summary_of(quantities);
        }
        for (const auto& [flow, quantities] : checks) tree["checks"][flow] = summary_of(quantities);
        return to_json(tree);
    }

    [[nodiscard]] std::string text() const {
        if (options.only_tell()) return jobs_text(jobs, options);
        if (!options.only.empty()) return {};
        const bool evaluated = config.run.sic || config.run.sculpting || config.run.hunt;
        const std::string of_methods =
            evaluated ? results_table(results) : concat("scores are in ", directory, '\n');
        return checks.empty() ? of_methods : of_methods + '\n' + results_table(checks);
    }
};

Tool chain_tool() {
    const auto chain = std::make_shared<Chain>();
    std::vector<Argument> arguments = chain->options.arguments();
    arguments.insert(arguments.begin(),
                     {"out", ArgumentKind::output, "Directory of all outputs; made if absent.",
                      &chain->directory});
    return {.name = tool_name("run"),
            .description = run_description,
            .example = "lacathode-run --config configs/demo.json --out out/demo",
            .arguments = std::move(arguments),
            .sections = sections(chain->config),
            .field_options = FieldOptions::set_only,
            .problems =
                [chain] {
                    Problems found;
                    found.add(problems(chain->config));
                    found.add(chain->options.problems());
                    return found.take();
                },
            .run = [chain](const StageContext& context) { return chain->run(context); },
            .text = [chain] { return chain->text(); },
            .json = [chain] { return chain->json(); },
            .verdict =
                [chain] {
                    if (chain->options.only_tell() || !chain->options.only.empty()) return;
                    require_passed_checks(failed_checks(chain->config.run, chain->directory));
                }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, chain_tool);
}
