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
#include "workflow/job_notes.hpp"
#include "workflow/other_results.hpp"
#include "workflow/outdated_steps.hpp"
#include "workflow/run_steps.hpp"

namespace lacathode {
namespace {

// All steps, when all that can be checked without events is.
std::vector<Step> checked_steps(const ChainConfig& config, const StageContext& context,
                                const std::string& directory, CheckMachine check_machine) {
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

// Of prepared events, by their paths.
Lacks lacks_of(const ChainConfig& config, const std::vector<std::string>& events) {
    Lacks found;
    for (const std::string& path : events) {
        const std::vector<std::string> lacks = events_lack(config, path);
        found[path] = lacks.empty()
                          ? ""
                          : concat(path, " (of ", config.stages.of<Prepare>().input.text(),
                                   ") lacks events:\n  ", joined(lacks, "\n  "));
    }
    return found;
}

void require_none(const Lacks& lacks) {
    for (const auto& [events, lack] : lacks)
        if (!lack.empty()) throw InputError(lack);
}

// First events that are there. Those out of date count too where something is made from them.
std::vector<std::string> events_to_check(std::span<const Step> steps, bool are_read) {
    const std::vector<std::string> first = first_events(steps);
    std::vector<std::string> standing;
    for (const Step& step : steps) {
        const bool is_first = std::ranges::find(first, step.output) != first.end();
        if (is_first && is_there(step.output) && (are_read || staleness(step).reason.empty()))
            standing.push_back(step.output);
    }
    return standing;
}

}  // namespace

std::vector<Section> sections(ChainConfig& config) {
    std::vector<Section> all = {section(config.run)};
    for (Section& one : config.stages.sections()) all.push_back(std::move(one));
    return all;
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    const std::vector<Step> steps = checked_steps(config, context, directory, check_execution);
    require_no_stale_outputs(steps, context);
    make_directories_of(steps);
    NamedSummaries summaries = run_steps(steps, context, [&](const Refusals& refused) {
        require_no_refusals(refused);
        const Lacks lacks = lacks_of(config, first_events(steps));
        require_none(lacks);
        note_lacks(lacks, directory);  // forgets those of jobs
    });
    warn_of_other_results(config.run, steps, directory);
    return summaries;
}

std::vector<PlannedJob> chain_jobs(const ChainConfig& config, const StageContext& context,
                                   const std::string& directory, Jobs listed) {
    const std::vector<Step> steps =
        checked_steps(config, context, directory, check_execution_settings);
    std::vector<PlannedJob> jobs = planned_jobs(steps, directory, context, listed);
    if (listed == Jobs::outstanding) require_none(lacks_of(config, events_to_check(steps, false)));
    return jobs;
}

void run_chain_jobs(const ChainConfig& config, const StageContext& context,
                    const std::string& directory, const JobSelection& jobs) {
    const std::vector<Step> steps = checked_steps(config, context, directory, check_execution);
    const std::vector<Step> chosen = chosen_steps(steps, directory, jobs);
    make_directories_of(chosen);
    const std::vector<std::string> first = first_events(steps);
    const auto prepare = [&](std::span<const Step> noting) {
        wait_for_inputs(steps, chosen, directory, jobs.latency);
        require_inputs_up_to_date(steps, chosen, directory);
        const SplitSteps split = split_at(noting, first);
        require_no_refusals(try_steps(split.named, context));
        const Lacks lacks = lacks_of(config, events_to_check(steps, !split.others.empty()));
        note_lacks(lacks, directory);
        require_none(lacks);
    };
    noting_failure(chosen, directory, prepare, [&](std::span<const Step> noting) {
        run_steps(split_at(noting, first).others, context, require_no_refusals);
    });
}

void require_chain_made(const ChainConfig& config, const StageContext& context,
                        const std::string& directory, std::chrono::seconds latency) {
    const std::vector<Step> steps =
        checked_steps(config, context, directory, check_execution_settings);
    require_all_made(steps, directory, latency);
    require_outputs_up_to_date(steps);
    require_none(lacks_of(config, first_events(steps)));
    warn_of_other_results(config.run, steps, directory);
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
