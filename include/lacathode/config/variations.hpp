// What a study varies: alternatives for the settings of a chain.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

/// A name, and the keys that it sets as an object of sections, as in a configuration file.
struct Alternative {
    std::string name;
    std::string settings;  ///< JSON on one line: {"prepare": {"injected_signal": 500}}
    std::string origin;    ///< the configuration file, which paths are relative to; may be empty
};

/// One list of alternatives for each thing that is varied; a study has every combination.
struct Variations {
    std::vector<std::vector<Alternative>> axes;
};

}  // namespace lacathode
