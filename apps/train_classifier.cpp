#include "lacathode/stages/train_classifier.hpp"

#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    TrainClassifierConfig config;
    TrainClassifierPaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-train-classifier",
         .description = "Trains the classifier of signal-region data against generated background.",
         .example = "lacathode-train-classifier --data latent.h5 --background normal.h5 --output "
                    "classifier.h5",
         .paths = {{"--data", "Latent file (lacathode) or events file (cathode).", &paths.data},
                   {"--background", "Background from lacathode-sample; it decides the method.",
                    &paths.background},
                   {"--output", "Classifier file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) {
                 return run_train_classifier(config, context, paths);
             }});
}
