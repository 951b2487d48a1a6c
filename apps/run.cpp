#include <memory>

#include "lacathode/core/text.hpp"
#include "lacathode/workflow/chain.hpp"
#include "lacathode/workflow/results.hpp"
#include "tool_main.hpp"

namespace {

using namespace lacathode;

struct Chain {
    ChainConfig config;
    std::string directory;
    std::vector<MethodResults> results;

    Summary run(const StageContext& context) {
        run_chain(config, context, directory);
        results = read_results(directory, config.run);
        Summary summary = {{"out", directory}};
        for (const auto& [method, quantities] : results) {
            for (const auto& [name, value] : summary_of(quantities))
                summary.emplace_back(concat(method, ".", name), value);
        }
        return summary;
    }

    [[nodiscard]] std::string text() const {
        const bool evaluated = config.run.sic || config.run.sculpting;
        return evaluated ? results_table(results) : concat("scores are in ", directory, '\n');
    }
};

Tool chain_tool() {
    const auto chain = std::make_shared<Chain>();
    return {.name = tool_name("run"),
            .description =
                "Runs the whole chain of a configuration file into one directory; what is there "
                "already and unchanged is not made again.",
            .example = "lacathode-run --config configs/demo.json --out out/demo",
            .arguments = {{"out", ArgumentKind::output, "Directory of all outputs; made if absent.",
                           &chain->directory}},
            .sections = sections(chain->config),
            .field_options = FieldOptions::set_only,
            .problems = [chain] { return problems(chain->config); },
            .run = [chain](const StageContext& context) { return chain->run(context); },
            .text = [chain] { return chain->text(); }};
}

}  // namespace

int main(int argc, char** argv) {
    return tool_main(argc, argv, chain_tool);
}
