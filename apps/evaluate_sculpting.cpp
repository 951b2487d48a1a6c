#include "lacathode/stages/evaluate.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    EvaluateSculptingConfig config;
    EvaluatePaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-evaluate-sculpting",
         .description = "What a cut on the score does to the background's mass spectrum: chi2/ndof "
                        "and the p-value of "
                        "a random selection.",
         .example = "lacathode-evaluate-sculpting --scores run_0.h5 run_1.h5 --output sculpting.h5",
         .paths = {{"--scores", "One scores file a run, all of the same events.", &paths.scores},
                   {"--output", "Metrics file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) {
                 return run_evaluate_sculpting(config, context, paths);
             }});
}
