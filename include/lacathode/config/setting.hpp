// One key set by a text, as on the command line.
#pragma once

#include <span>
#include <string>

#include "lacathode/config/field.hpp"

namespace lacathode {

/// Section, key and value of a text SECTION.KEY=VALUE.
struct Setting {
    std::string section;
    std::string key;
    std::string value;
};
/// Throws UsageError unless the text has that form.
Setting parse_setting(const std::string& text);

/// Sets one key from text SECTION.KEY=VALUE. Throws UsageError naming what is wrong and the remedy.
void apply_setting(const std::string& text, std::span<const Section> sections);

}  // namespace lacathode
