// The program lacathode-info: what a file is, how and from what it was made.
#include <CLI/CLI.hpp>

#include "file_report.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "options.hpp"
#include "program.hpp"
#include "programs.hpp"

namespace {

using namespace lacathode;

struct Request {
    std::string path;
    bool config = false;
    bool json = false;
};

template <class Description>
std::string report(const Request& request, const Description& description) {
    if (request.json) return to_json(report_tree(request.path, description)) + "\n";
    return report_text(request.path, description);
}

std::string answer(const Request& request) {
    if (const auto file = describe_own_file(request.path)) {
        if (!request.config) return report(request, *file);
        return to_json(parse_json(file->provenance.config)) + "\n";
    }
    if (request.config) {
        throw InputError(concat(request.path,
                                ": is no file of these programs, which alone "
                                "keep their configuration"));
    }
    return report(request, describe_tables(request.path));
}

int run(int argc, char** argv) {
    const ProgramText text{.name = tool_name("info"),
                           .description = info_description,
                           .example = "lacathode-info out/demo/lacathode/scores_00.h5"};
    Request request;
    CLI::App app(text.description, text.name);
    app.footer(concat("Example:\n  ", text.example, "\n"));
    app.add_option("FILE", request.path,
                   "Any file of these programs, checked from beginning to end and followed to its "
                   "inputs; of any other HDF5 or CSV file the tables and columns.")
        ->type_name("")
        ->required();
    app.add_flag("--config", request.config,
                 "Print the configuration that the file was made with, as a configuration file.");
    app.add_flag("--json", request.json, "Print one JSON object.");
    if (const auto code = parse_options(app, text, argc, argv)) return *code;
    require_no_problems("command line", unknown_arguments(app));
    print_information(answer(request));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return lacathode::program_main([&] { return run(argc, argv); });
}
