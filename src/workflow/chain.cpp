#include "lacathode/workflow/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/metrics/headline_file.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/directories.hpp"
#include "workflow/events_lack.hpp"
#include "workflow/job_list.hpp"
#include "workflow/outdated_steps.hpp"
#include "workflow/run_steps.hpp"

namespace lacathode {
namespace {

// All steps, when all that can be checked without events is. `check_machine` is check_execution
// where something is computed.
std::vector<Step> checked_steps(const ChainConfig& config, const StageContext& context,
                                const std::string& directory,
                                void (*check_machine)(const Execution&) = check_execution) {
    require_no_problems("configuration", problems(config));
    check_machine(context.common.execution());
    return plan_chain(config, context, directory).steps;
}

void make_directories_of(const std::vector<Step>& steps) {
    std::set<std::string> directories;
    for (const Step& step : steps)
        directories.insert(std::filesystem::path(step.output).parent_path());
    std::ranges::for_each(directories, make_directories);
}

void require_enough_events(const ChainConfig& config, const std::string& events) {
    const std::vector<std::string> lacks = events_lack(config, events);
    if (lacks.empty()) return;
    throw InputError(concat(events, " (of ", config.stages.of<Prepare>().input.text(),
                            ") lacks events:\n  ", joined(lacks, "\n  ")));
}

// Of the events that are made first, if they are among the outputs of these steps.
void require_enough_events(const ChainConfig& config, const std::vector<Step>& steps) {
    for (const std::string& events : first_events(steps)) require_enough_events(config, events);
}

}  // namespace

std::vector<Section> sections(ChainConfig& config) {
    std::vector<Section> all = {section(config.run)};
    for (Section& one : config.stages.sections()) all.push_back(std::move(one));
    return all;
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    const std::vector<Step> steps = checked_steps(config, context, directory);
    require_no_stale_outputs(steps, context);
    make_directories_of(steps);
    return run_steps(steps, context, [&](const Refusals& refused) {
        require_no_refusals(refused);
        require_enough_events(config, steps);
    });
}

std::vector<PlannedJob> chain_jobs(const ChainConfig& config, const StageContext& context,
                                   const std::string& directory, bool only_outstanding) {
    const std::vector<Step> steps =
        checked_steps(config, context, directory, check_execution_settings);
    return planned_jobs(steps, directory, context, only_outstanding);
}

void run_chain_jobs(const ChainConfig& config, const StageContext& context,
                    const std::string& directory, const JobSelection& jobs) {
    const std::vector<Step> steps = checked_steps(config, context, directory);
    const std::vector<Step> chosen = chosen_steps(steps, directory, jobs);
    make_directories_of(chosen);
    noting_failure(chosen, directory, [&](std::span<const Step> steps_to_run) {
        run_steps(steps_to_run, context, [&](const Refusals& refused) {
            require_no_refusals(refused);
            require_enough_events(config, chosen);
        });
    });
}

void require_chain_made(const ChainConfig& config, const StageContext& context,
                        const std::string& directory) {
    const std::vector<Step> steps =
        checked_steps(config, context, directory, check_execution_settings);
    require_all_made(steps, directory);
    const std::vector<Step> outdated = outstanding_steps(steps);
    if (outdated.empty()) return;
    throw InputError(concat(outdated.size(), " of ", steps.size(),
                            " outputs are not those of these settings, the first is ",
                            outdated.front().output, ": run without --gather"));
}

std::vector<std::string> failed_checks(const RunConfig& config, const std::string& directory) {
    Problems found;
    for (const std::string& path : flow_checks(config, directory)) {
        const std::string failures = failures_of(path);
        found.unless(failures.empty(), path, ": ", failures);
    }
    for (const Method method : config.methods) {
        for (std::size_t i = 0; config.hunt && i < config.retrainings; ++i) {
            const std::string path = ChainLayout{directory}.hunt(method, i);
            const std::string failures = failures_of(path);
            found.unless(failures.empty(), path, ": ", failures);
        }
    }
    return found.take();
}

void require_passed_checks(const std::vector<std::string>& failed) {
    if (failed.empty()) return;
    throw QualityError("checks fail:\n  " + joined(failed, "\n  "));
}

}  // namespace lacathode
