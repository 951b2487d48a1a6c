#include "lacathode/stages/train_flow.hpp"

#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    TrainFlowConfig config;
    TrainFlowPaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-train-flow",
         .description = "Trains the conditional flow p(x|m) on the sidebands of an events file.",
         .example = "lacathode-train-flow --events events.h5 --epochs 100 --output flow.h5",
         .paths = {{"--events", "Events file (from lacathode-prepare).", &paths.events},
                   {"--output", "Flow file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) { return run_train_flow(config, context, paths); }});
}
