#include "workflow/lean_steps.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ranges>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// Outputs that are gone and of no use.
std::set<std::string> dispensable(std::span<const Step> steps,
                                  const std::set<std::string>& results) {
    std::set<std::string> needed = results;
    std::set<std::string> found;
    for (const Step& step : std::views::reverse(steps)) {
        std::error_code unknown;  // making the directory says more
        if (std::filesystem::exists(step.output, unknown)) continue;
        if (!needed.contains(step.output)) {
            found.insert(step.output);
            continue;
        }
        for (const StageInput& input : step.inputs) needed.insert(input.path);
    }
    return found;
}

}  // namespace

std::set<std::string> results_of(std::span<const Step> steps) {
    std::set<std::string> results;
    for (const Step& step : steps) results.insert(step.output);
    for (const Step& step : steps) {
        for (const StageInput& input : step.inputs) results.erase(input.path);
    }
    return results;
}

std::vector<Step> steps_of_use(std::span<const Step> steps, const std::set<std::string>& results) {
    const std::set<std::string> gone = dispensable(steps, results);
    std::vector<Step> useful;
    std::ranges::copy_if(steps, std::back_inserter(useful), [&](const Step& step) {
        return !gone.contains(step.output) &&
               std::ranges::none_of(
                   step.inputs, [&](const StageInput& input) { return gone.contains(input.path); });
    });
    return useful;
}

void discard_outputs(std::span<const Step> steps, const std::set<std::string>& kept) {
    std::size_t discarded = 0;
    for (const Step& step : steps) {
        if (kept.contains(step.output)) continue;
        std::error_code error;
        discarded += std::filesystem::remove(step.output, error) ? 1 : 0;
        if (error) throw OutputError(concat("cannot delete ", step.output, ": ", error.message()));
    }
    log_info(concat("deleted ", discarded, " files that no result needs any more"));
}

}  // namespace lacathode
