// Settings under one name, for a purpose other than reproducing the papers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"

namespace lacathode {

struct Preset {
    std::string name;
    std::string help;                   ///< one sentence
    std::vector<std::string> settings;  ///< SECTION.KEY=VALUE
};

/// All that there are.
std::span<const Preset> presets();

/// The settings of the preset that belong to `sections`; the others are another tool's. Throws
/// UsageError if there is no preset of that name.
void apply_preset(const std::string& name, std::span<const Section> sections);

}  // namespace lacathode
