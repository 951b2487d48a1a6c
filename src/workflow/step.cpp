#include "workflow/step.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "lacathode/stages/prepare.hpp"

namespace lacathode {

std::vector<std::vector<Step>> in_rounds(std::span<const Step> steps) {
    std::map<std::string, std::size_t> made_in;  // round by output
    std::vector<std::vector<Step>> rounds;
    for (const Step& step : steps) {
        std::size_t round = 0;
        for (const StageInput& input : step.inputs) {
            const auto found = made_in.find(input.path);
            if (found != made_in.end()) round = std::max(round, found->second + 1);
        }
        made_in[step.output] = round;
        rounds.resize(std::max(rounds.size(), round + 1));
        rounds[round].push_back(step);
    }
    return rounds;
}

std::vector<std::string> first_events(std::span<const Step> steps) {
    std::vector<std::string> paths;
    if (steps.empty()) return paths;
    const std::vector<std::vector<Step>> rounds = in_rounds(steps);
    for (const Step& step : rounds.front())
        if (step.stage == Prepare::name) paths.push_back(step.output);
    return paths;
}

SplitSteps split_at(std::span<const Step> steps, std::span<const std::string> outputs) {
    SplitSteps split;
    const std::set<std::string> names(outputs.begin(), outputs.end());
    for (const Step& step : steps)
        (names.contains(step.output) ? split.named : split.others).push_back(step);
    return split;
}

}  // namespace lacathode
