// What the command lines of all programs have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program_page.hpp"

namespace lacathode {

/// Parses with the options of `app`, and --help, --version, --dump-man and --dump-completion bash
/// or zsh. What no option accounts for is left in app.remaining(). Returns an exit code if there is
/// nothing left to do: one of those was given, or an option without its value. Throws OutputError
/// if what was asked for cannot be printed.
std::optional<int> parse_options(CLI::App& app, const ProgramText& text, int argc, char** argv);

/// One sentence for each argument that no option accounts for.
std::vector<std::string> unknown_arguments(const CLI::App& app);

}  // namespace lacathode
