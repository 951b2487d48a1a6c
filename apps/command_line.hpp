// The command line of an executable, parsed but not yet judged.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tool_main.hpp"

namespace lacathode {

enum class Print { nothing, defaults, effective, reference };

/// Everything on the command line apart from the tool's own arguments, which go where
/// Tool::arguments points.
struct Arguments {
    CommonConfig common;
    std::string config_file;
    std::string preset;
    std::vector<std::pair<const Field*, std::vector<std::string>>> options;  ///< as given
    std::vector<std::string> settings;  ///< --set SECTION.KEY=VALUE
    std::vector<std::string> problems;  ///< unknown options and wrong choices, a sentence each
    std::optional<std::chrono::seconds> time_limit;
    std::string scratch;
    bool force = false;
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    Print print = Print::nothing;
};

/// Fills `arguments` and the tool's own; `sections` (of the configuration file, `common` first)
/// must outlive them. Returns an exit code if there is nothing left to do: after --help, --version
/// or an option without its value.
std::optional<int> parse_command_line(int argc, char** argv, const Tool& tool,
                                      const std::vector<Section>& sections, Arguments& arguments);

/// Sets the sections: configuration file, --preset, --set, then options of their own. Returns all
/// that is wrong with them and with the options; throws as read_config does if the file cannot be
/// read or is not JSON.
std::vector<std::string> apply_configuration(const Arguments& arguments,
                                             const std::vector<Section>& sections);

/// One sentence for each argument that was not given.
std::vector<std::string> missing_arguments(const std::vector<Argument>& arguments);

}  // namespace lacathode
