#include "lacathode/stages/encode.hpp"

#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    EncodeConfig config;
    EncodePaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-encode",
         .description = "Maps every event to the flow's latent space, z = f(x; m).",
         .example = "lacathode-encode --events events.h5 --flow flow.h5 --output latent.h5",
         .paths = {{"--events", "Events file (from lacathode-prepare).", &paths.events},
                   {"--flow", "Flow file (from lacathode-train-flow).", &paths.flow},
                   {"--output", "Latent file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run = [&](const StageContext& context) { return run_encode(config, context, paths); }});
}
