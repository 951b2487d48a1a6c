// A program's own description, which manual page and completion are made of.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "programs.hpp"

namespace lacathode {

/// What a program says of itself beside its options.
struct ProgramText {
    std::string name;                         ///< "lacathode-encode"
    std::string description;                  ///< one or two sentences
    std::string example;                      ///< a command line
    std::vector<Section> sections = {};       ///< of its configuration
    std::vector<ProgramEntry> commands = {};  ///< other programs that it runs
};

struct OptionEntry {
    std::vector<std::string> names;    ///< {"-q", "--quiet"}; of a positional argument its name
    std::string value;                 ///< "PATH", "VALUE", ...; empty: a flag
    std::vector<std::string> choices;  ///< of the value; empty: anything
    std::string help;
    bool repeats = false;  ///< takes several values
};

struct OptionGroup {
    std::string title;
    std::vector<OptionEntry> options;
};

struct ProgramPage {
    ProgramText text;
    std::vector<OptionEntry> positionals;
    std::vector<OptionGroup> groups;
    std::vector<OptionGroup> keys;  ///< of sections whose keys are no options of their own
};

/// The group of the options that set the keys of a section.
std::string keys_title(const std::string& section);

/// What a key is for, with its unit and default.
std::string help_text(const Field& field);

/// The page of a program with these options.
ProgramPage page_of(const CLI::App& app, const ProgramText& text);

/// A manual page, for man.
std::string man_page(const ProgramPage& page);

/// Completion of the command line.
std::string bash_completion(const ProgramPage& page);
std::string zsh_completion(const ProgramPage& page);

}  // namespace lacathode
