#include "options.hpp"

#include <CLI/CLI.hpp>

#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/frame/context.hpp"
#include "program.hpp"

namespace lacathode {
namespace {

std::string version_text() {
    return concat("lacathode ", library_version(), " (", library_git_revision(), ")\n",
                  backends_description(), "\ninstruction sets: ", joined(instruction_sets(), ", "));
}

// Ends the parsing as --version does, which prints a final newline.
[[noreturn]] void print_instead(const std::string& text) {
    throw CLI::CallForVersion(text.substr(0, text.find_last_not_of('\n') + 1), 0);
}

// For the build, which installs what they print.
void add_pages(CLI::App& app, const ProgramText& text) {
    app.add_flag_callback("--dump-man", [&] { print_instead(man_page(page_of(app, text))); })
        ->group("");
    app.add_option_function<std::string>(
           "--dump-completion",
           [&](const std::string& shell) {
               const ProgramPage page = page_of(app, text);
               print_instead(shell == "zsh" ? zsh_completion(page) : bash_completion(page));
           })
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->group("");
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

}  // namespace

std::optional<int> parse_options(CLI::App& app, const ProgramText& text, int argc, char** argv) {
    app.set_version_flag("--version", version_text, "Print version and instruction sets and stop.");
    app.set_help_flag("-h,--help", "Print this and stop.");
    add_pages(app, text);
    app.allow_extras();
    try {
        app.parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        const bool informed = app.exit(error) == 0;
        print_information("");  // CLI11 has printed, and does not look whether it could
        return informed ? 0 : static_cast<int>(ExitCode::usage);
    }
}

std::vector<std::string> unknown_arguments(const CLI::App& app) {
    std::vector<std::string> problems;
    for (const std::string& text : app.remaining()) {
        const std::string name = text.substr(0, text.find('='));
        if (name.starts_with("-")) {
            problems.push_back(
                concat("unknown option ", name, "; ", suggestion(name, option_names(app))));
        } else if (problems.empty()) {  // what follows an unknown option may be its value
            problems.push_back(
                concat("unexpected argument '", text, "': --help tells what there is"));
        }
    }
    return problems;
}

}  // namespace lacathode
