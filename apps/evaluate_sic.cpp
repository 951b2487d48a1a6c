#include "lacathode/stages/evaluate.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    EvaluateSicConfig config;
    EvaluatePaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-evaluate-sic",
         .description =
             "Significance improvement eps_S / sqrt(eps_B) in the signal region; several runs "
             "give the median and the central 68 % band.",
         .example = "lacathode-evaluate-sic --scores run_0.h5 run_1.h5 --output sic.h5",
         .paths = {{"--scores", "One scores file a run, all of the same events.", &paths.scores},
                   {"--output", "Metrics file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) {
                 return run_evaluate_sic(config, context, paths);
             }});
}
