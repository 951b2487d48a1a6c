// What a file's content follows from, to know whether it has to be made again.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct Recipe {
    int algorithm;       ///< the stage's version of what it computes
    std::string config;  ///< effective_config of the stage
    std::vector<StageInput> inputs;
};

/// Why a file that is there cannot stand for a recipe's result.
struct Staleness {
    std::string reason;    ///< "it was made with other settings: ..."; empty if it can
    bool foreign = false;  ///< damaged, or no file of these programs
};
/// Of the file at `path`. Inputs in `absent`, which are yet to be made, are not compared: they may
/// come out as they were.
Staleness staleness(const std::string& path, const Recipe& recipe,
                    const std::set<std::string>& absent = {});

}  // namespace lacathode
