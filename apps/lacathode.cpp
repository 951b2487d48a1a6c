// The command `lacathode`: one name for all programs, which lie beside it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "lacathode/config/json.hpp"
#include "lacathode/config/suggestion.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "options.hpp"
#include "program.hpp"
#include "programs.hpp"

namespace {

using namespace lacathode;

std::string commands_text(const std::vector<ProgramEntry>& programs) {
    Summary lines;
    for (const auto& [name, description] : programs) {
        lines.emplace_back("  " + command_of(name), first_clause(description));
    }
    return "Commands:\n" + to_text(lines) +
           "\nlacathode COMMAND --help tells more; lacathode COMMAND is lacathode-COMMAND.\n";
}

[[noreturn]] void refuse(const std::string& command, const std::vector<ProgramEntry>& programs) {
    std::vector<std::string> commands;
    for (const ProgramEntry& program : programs) commands.push_back(command_of(program.name));
    throw UsageError(
        concat("there is no command '", command, "'; ", suggestion(command, commands)));
}

[[noreturn]] void become(const std::string& program, char** argv) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const std::string path = (self.parent_path() / program).string();
    std::string name = program;
    argv[0] = name.data();
    execv(path.c_str(), argv);
    throw InputError(
        concat("cannot run ", path, ": ", std::strerror(errno), "; install all programs together"));
}

int list_commands(int argc, char** argv, const std::vector<ProgramEntry>& programs) {
    const ProgramText text{
        .name = "lacathode",
        .description =
            "Searches for a bump in a mass spectrum with the help of other features of "
            "the events: LaCATHODE and CATHODE.",
        .example = "lacathode run --config configs/demo.json --out out/demo",
        .commands = programs};
    CLI::App app(text.description, text.name + " COMMAND");
    app.footer(concat(commands_text(programs), "\nExample:\n  ", text.example, "\n"));
    if (const auto code = parse_options(app, text, argc, argv)) return *code;
    require_no_problems("command line", unknown_arguments(app));
    print_information(app.help());
    return 0;
}

int run(int argc, char** argv) {
    const std::vector<ProgramEntry> programs = all_programs();
    const std::string command = argc > 1 ? argv[1] : "";
    if (command.empty() || command.starts_with('-')) return list_commands(argc, argv, programs);
    const std::string program = "lacathode-" + command;
    if (std::ranges::find(programs, program, &ProgramEntry::name) == programs.end()) {
        refuse(command, programs);
    }
    become(program, argv + 1);
}

}  // namespace

int main(int argc, char** argv) {
    return lacathode::program_main([&] { return run(argc, argv); });
}
