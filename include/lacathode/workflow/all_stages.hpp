// The one list of all stages: programs, configuration files, documentation and tests follow it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/stages/frame/stage.hpp"

namespace lacathode {

/// One of every stage, with default settings, in the order in which a user meets them.
std::vector<std::unique_ptr<Stage>> all_stages();

/// The stage of that name ("train_flow"); null if there is none.
std::unique_ptr<Stage> make_stage(const std::string& name);

/// The names of all sections of a configuration file: "common", one a stage, "run", "study", "scan"
/// and "toys".
std::vector<std::string> section_names();

/// Every key of every section as JSON (reference_json).
std::string configuration_reference();

}  // namespace lacathode
