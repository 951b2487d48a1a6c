// Every program there is, by name.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

inline constexpr const char* run_description =
    "Runs the whole chain of a configuration file into one directory; what is there already and "
    "unchanged is not made again.";
inline constexpr const char* study_description =
    "Runs a study: the chain for every combination of what a configuration file varies, equal "
    "steps once, and gathers the results.";
inline constexpr const char* scan_description =
    "Searches several signal regions: the whole chain for each, with folds and a hunt, equal steps "
    "once.";
inline constexpr const char* toys_description =
    "Repeats a search on pseudo-data with everything trained anew: how often what was found comes "
    "of nothing.";
inline constexpr const char* info_description =
    "Tells what a file is, how and from what it was made, and whether it is whole.";

struct ProgramEntry {
    std::string name;         ///< "lacathode-train-flow"
    std::string description;  ///< one or two sentences
};

/// The chain, studies, every stage, then what looks at files.
std::vector<ProgramEntry> all_programs();

/// "lacathode-train-flow" of "train_flow".
std::string tool_name(const std::string& stage);

/// "train-flow" of "lacathode-train-flow".
std::string command_of(const std::string& program);

/// `description` up to its first colon, semicolon or full stop outside parentheses, behind two
/// words at least.
std::string first_clause(const std::string& description);

}  // namespace lacathode
