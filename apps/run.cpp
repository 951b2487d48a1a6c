#include "lacathode/stages/chain.hpp"
#include "lacathode/stages/results.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    ChainConfig config;
    std::string directory;
    std::vector<std::pair<std::string, Summary>> results;
    const auto run = [&](const StageContext& context) {
        run_chain(config, context, directory);
        results = read_results(directory, config.run.methods);
        Summary summary = {{"out", directory}};
        for (const auto& [method, values] : results) {
            for (const auto& [name, value] : values)
                summary.emplace_back(method + "." + name, value);
        }
        return summary;
    };
    return tool_main(
        argc, argv,
        {.name = "lacathode-run",
         .description =
             "Runs the whole chain of a configuration file into one directory; what is there "
             "already and unchanged is not made again.",
         .example = "lacathode-run --config configs/demo.json --out out/demo",
         .paths = {{"--out", "Directory of all outputs; made if absent.", &directory}},
         .sections = sections(config),
         .field_options = FieldOptions::set_only,
         .problems = [&] { return problems(config); },
         .run = run,
         .text = [&] { return results_table(results); }});
}
