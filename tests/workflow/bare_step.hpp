// A step that has nothing but an output and inputs.
#pragma once

#include <string>
#include <vector>

#include "workflow/step.hpp"

namespace lacathode::test {

inline Step bare_step(const std::string& output, const std::vector<std::string>& inputs) {
    Step result{};
    result.name = result.output = output;
    for (const std::string& input : inputs) result.inputs.push_back({"input", input});
    return result;
}

}  // namespace lacathode::test
