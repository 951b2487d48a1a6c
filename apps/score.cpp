#include "lacathode/stages/score.hpp"

#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    ScoreConfig config;
    ScorePaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-score",
         .description =
             "Computes the anomaly score of every event, in signal region and sidebands.",
         .example =
             "lacathode-score --classifier classifier.h5 --events latent.h5 --output scores.h5",
         .paths = {{"--classifier", "Classifier file (from lacathode-train-classifier).",
                    &paths.classifier},
                   {"--events", "Latent file (lacathode) or events file (cathode).", &paths.events},
                   {"--output", "Scores file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run = [&](const StageContext& context) { return run_score(config, context, paths); }});
}
