#include "lacathode/stages/sample.hpp"
#include "lacathode/core/errors.hpp"
#include "tool_main.hpp"

namespace {

lacathode::Method method_of(const std::string& name) {
    using lacathode::Method;
    if (name == "lacathode") return Method::lacathode;
    if (name == "cathode") return Method::cathode;
    throw lacathode::UsageError("--method " + name +
                                ": choose lacathode (latent) or cathode (features)");
}

}  // namespace

int main(int argc, char** argv) {
    using namespace lacathode;
    SampleConfig config;
    SamplePaths paths;
    std::string method;
    return tool_main(
        argc, argv,
        {.name = "lacathode-sample",
         .description = "Draws background events of the signal region from the flow: latent "
                        "coordinates N(0, 1)^D for "
                        "lacathode, features for cathode.",
         .example = "lacathode-sample --method cathode --events events.h5 --flow flow.h5 --output "
                    "samples.h5",
         .paths = {{"--method", "lacathode (latent coordinates) or cathode (features).", &method},
                   {"--events", "Events file; its signal-region training masses are followed.",
                    &paths.events},
                   {"--flow", "Flow file (from lacathode-train-flow).", &paths.flow},
                   {"--output", "File to write: latent (lacathode) or events (cathode).",
                    &paths.output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) {
                 return run_sample(method_of(method), config, context, paths);
             }});
}
