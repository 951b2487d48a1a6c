// What all executables share: common options, one catch, exit codes.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "lacathode/config/configs.hpp"
#include "lacathode/stages/context.hpp"

namespace lacathode {

/// A file or directory that is named on the command line.
struct PathOption {
    std::string option;  ///< "--events"
    std::string help;
    std::variant<std::string*, std::vector<std::string>*> value;
    bool required = true;
};

enum class FieldOptions {
    direct,   ///< every key of the stage's section is an option of its own
    set_only  ///< keys are reached by --set SECTION.KEY=VALUE (several sections share key names)
};

/// One executable.
struct Tool {
    std::string name;         ///< "lacathode-encode"
    std::string description;  ///< one or two sentences
    std::string example;      ///< a command line
    std::vector<PathOption> paths;
    std::vector<Section> sections;  ///< of the configuration file, without "common"
    FieldOptions field_options = FieldOptions::direct;
    std::function<std::vector<std::string>()>
        problems;  ///< after parsing: all that is wrong with the sections
    std::function<Summary(const StageContext&)> run;
    /// What a person reads on stdout; empty: the summary's lines.
    std::function<std::string()> text = {};
};

/// Parses, runs, prints the summary, turns exceptions into messages and exit codes. Returns the
/// exit code.
int tool_main(int argc, char** argv, const Tool& tool);

}  // namespace lacathode
