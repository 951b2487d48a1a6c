// What a file's content follows from, to know whether it has to be made again.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lacathode/io/input_file.hpp"
#include "lacathode/stages/support/stage.hpp"

namespace lacathode {

struct Recipe {
    int algorithm;       ///< the stage's version of what it computes
    std::string config;  ///< effective_config of the stage
    std::vector<StageInput> inputs;
};

/// Why the file cannot stand for the recipe's result; empty if it can. Inputs in `absent`, which
/// are yet to be made, are not compared: they may come out as they were.
std::string difference(const InputFile& file, const Recipe& recipe,
                       const std::set<std::string>& absent = {});

}  // namespace lacathode
