#include "lacathode/stages/prepare.hpp"
#include "tool_main.hpp"

int main(int argc, char** argv) {
    using namespace lacathode;
    ToyConfig config;
    std::string output;
    return tool_main(
        argc, argv,
        {.name = "lacathode-generate-toy",
         .description =
             "Generates the toy model of the LaCATHODE paper: m uniform, x ~ N(c m, 1)^D.",
         .example = "lacathode-generate-toy --correlation 0.1 --output toy.h5",
         .paths = {{"--output", "Events file to write.", &output}},
         .sections = {section(config)},
         .problems = [&] { return problems(config); },
         .run =
             [&](const StageContext& context) {
                 return run_generate_toy(config, context, output);
             }});
}
