#include "workflow/outdated_steps.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <ranges>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/job_notes.hpp"

namespace lacathode {
namespace {

// Outputs that are not what the steps would make.
struct Outstanding {
    std::set<std::string> absent;
    std::vector<std::pair<const Step*, Staleness>> present;  // but out of date
};

// Inputs in `absent` are not compared.
Outstanding outdated_at_once(std::span<const Step> steps, std::set<std::string> absent) {
    Outstanding found{.absent = std::move(absent), .present = {}};
    std::set<std::string> outdated;
    for (const Step& step : steps) {
        check_interrupt();
        const bool from_outdated = std::ranges::any_of(
            step.inputs, [&](const auto& input) { return outdated.contains(input.path); });
        std::error_code unknown;  // making the directory says more
        if (!std::filesystem::exists(step.output, unknown)) {
            found.absent.insert(step.output);
            if (from_outdated) outdated.insert(step.output);
            continue;
        }
        Staleness stale = from_outdated ? Staleness{"an input of it has to be made again"}
                                        : staleness(step, found.absent);
        if (stale.reason.empty()) continue;
        outdated.insert(step.output);
        found.present.emplace_back(&step, std::move(stale));
    }
    return found;
}

std::set<std::string> outputs_there(std::span<const Step> steps) {
    std::set<std::string> there;
    for (const Step& step : steps) {
        std::error_code unknown;
        if (std::filesystem::exists(step.output, unknown)) there.insert(step.output);
    }
    return there;
}

// The same; what a study that discards deletes meanwhile counts as absent.
Outstanding outdated_outputs(std::span<const Step> steps,
                             const std::set<std::string>& absent = {}) {
    for (;;) {
        const std::set<std::string> before = outputs_there(steps);
        const auto all_stayed = [&] { return std::ranges::includes(outputs_there(steps), before); };
        try {
            Outstanding found = outdated_at_once(steps, absent);
            if (found.present.empty() || all_stayed()) return found;
        } catch (const InputError&) {
            if (all_stayed()) throw;
        }
    }
}

// The chosen ones and those that make what they read, in their order.
std::vector<Step> with_makers(std::span<const Step> steps, std::span<const Step> chosen) {
    std::set<std::string> needed;
    for (const Step& step : chosen) needed.insert(step.output);
    for (const Step& step : std::views::reverse(steps)) {
        if (!needed.contains(step.output)) continue;
        for (const StageInput& input : step.inputs) needed.insert(input.path);
    }
    std::vector<Step> found;
    std::ranges::copy_if(steps, std::back_inserter(found),
                         [&](const Step& step) { return needed.contains(step.output); });
    return found;
}

// Inputs that are not there, where it may be another machine that has them.
std::set<std::string> absent_inputs(std::span<const Step> steps) {
    std::set<std::string> absent;
    for (const Step& step : steps) {
        for (const StageInput& input : step.inputs) {
            std::error_code unknown;
            if (!std::filesystem::exists(input.path, unknown)) absent.insert(input.path);
        }
    }
    return absent;
}

// Somebody's table may lie where a later step writes.
void require_outputs_are_no_inputs(std::span<const Step> steps) {
    std::set<std::string> made;
    std::map<std::string, StageInput> given;  // by path: what no earlier step makes
    for (const Step& step : steps) {
        for (const StageInput& input : step.inputs)
            if (!made.contains(input.path)) given.emplace(input.path, input);
        made.insert(step.output);
    }
    std::vector<StageInput> inputs;
    for (const auto& [path, input] : given) inputs.push_back(input);
    for (const Step& step : steps) {
        check_interrupt();
        std::error_code unknown;
        if (std::filesystem::exists(step.output, unknown))
            check_output_is_no_input(inputs, step.output);
    }
}

}  // namespace

Staleness staleness(const Step& step, const std::set<std::string>& absent) {
    return staleness(step.output, {step.algorithm, step.config, step.inputs}, absent);
}

void require_no_stale_outputs(std::span<const Step> steps, const StageContext& context) {
    require_outputs_are_no_inputs(steps);
    if (context.overwrite == Overwrite::allow) return;
    std::string list;
    for (const auto& [step, stale] : outdated_outputs(steps).present)
        if (!step->quick || stale.foreign) list += concat("\n  ", step->output, ": ", stale.reason);
    if (!list.empty()) {
        throw OutputError(concat("outputs are there already that do not fit this run:", list, "\n",
                                 remedy_of_stale_outputs));
    }
}

std::vector<Step> outstanding_steps(std::span<const Step> steps) {
    const Outstanding found = outdated_outputs(steps);
    std::set<std::string> outputs = found.absent;
    for (const auto& [step, stale] : found.present) outputs.insert(step->output);
    std::vector<Step> outstanding;
    std::ranges::copy_if(steps, std::back_inserter(outstanding),
                         [&](const Step& step) { return outputs.contains(step.output); });
    return outstanding;
}

void require_outputs_up_to_date(std::span<const Step> steps) {
    const std::vector<Step> outdated = outstanding_steps(steps);
    if (outdated.empty()) return;
    throw InputError(concat(outdated.size(), " of ", steps.size(),
                            " outputs are not those of these settings and inputs, the first is ",
                            outdated.front().output, ": run without --gather"));
}

void require_inputs_up_to_date(std::span<const Step> steps, std::span<const Step> chosen,
                               const std::string& directory) {
    std::set<std::string> made;
    for (const Step& step : chosen) made.insert(step.output);
    const std::vector<Step> all = with_makers(steps, chosen);
    std::string list;
    for (const auto& [step, stale] : outdated_outputs(all, absent_inputs(all)).present) {
        if (made.contains(step->output)) continue;
        list +=
            concat("\n  ", step->output, " (job ", id_of(*step, directory), "): ", stale.reason);
    }
    if (list.empty()) return;
    throw InputError(concat("what these jobs are made from is out of date:", list,
                            "\nrun those jobs first, with --force, or choose another --out"));
}

}  // namespace lacathode
