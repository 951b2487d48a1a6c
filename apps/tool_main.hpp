// What all executables share: common options, one catch, exit codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lacathode/stages/frame/stage.hpp"

namespace lacathode {

enum class FieldOptions {
    direct,   ///< every key of the stage's section is an option of its own
    set_only  ///< keys are reached by --set SECTION.KEY=VALUE (several sections share key names)
};

/// One executable.
struct Tool {
    std::string name;         ///< "lacathode-encode"
    std::string description;  ///< one or two sentences
    std::string example;      ///< a command line
    std::vector<Argument> arguments;
    std::vector<Section> sections;               ///< of the configuration file, without "common"
    std::vector<Section> further_sections = {};  ///< of other stages; keys without options
    FieldOptions field_options = FieldOptions::direct;
    std::function<std::vector<std::string>()>
        problems;  ///< after parsing: all that is wrong with the sections
    /// What `run` tells of the sections, together with what it finds out; told before it only
    /// beside other problems. May be empty.
    std::function<std::vector<std::string>()> problems_of_run = {};
    std::function<Summary(const StageContext&)> run;
    /// What a person reads on stdout; empty: the summary's lines.
    std::function<std::string()> text = {};
    /// What --json prints; empty: the summary as one object.
    std::function<std::string()> json = {};
    /// Once all is printed: throws if what came out is not good enough. Empty: it always is.
    std::function<void()> verdict = {};
};

/// Makes the tool, parses, runs, prints the summary, turns exceptions into messages and exit codes.
/// Returns the exit code.
int tool_main(int argc, char** argv, const std::function<Tool()>& make_tool);

}  // namespace lacathode
