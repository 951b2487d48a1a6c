#include "lacathode/stages/prepare.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    PrepareConfig config;
    PreparePaths paths;
    return tool_main(
        argc, argv,
        {.name = "lacathode-prepare",
         .description =
             "Turns an LHC Olympics features file, or a table of one's own, into an events file: "
             "features computed, signal injected, data split.",
         .example = "lacathode-prepare --input dijets.features.h5 --injected-signal 1000 --output "
                    "events.h5",
         .paths = {{"--output", "Events file to write.", &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems_with_input(config); },
         .run = [&](const StageContext& context) { return run_prepare(config, context, paths); }});
}
