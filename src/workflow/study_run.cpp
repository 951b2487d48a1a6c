#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <tuple>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/study.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/directories.hpp"
#include "workflow/events_lack.hpp"
#include "workflow/job_list.hpp"
#include "workflow/job_notes.hpp"
#include "workflow/lean_steps.hpp"
#include "workflow/outdated_steps.hpp"
#include "workflow/run_steps.hpp"
#include "workflow/shared_files.hpp"
#include "workflow/study_problems.hpp"
#include "workflow/study_results.hpp"

namespace lacathode {
namespace {

struct StudyPlan {
    std::vector<StudyChain> chains;  ///< those that can be planned
    std::vector<ChainPlan> plans;    ///< of each chain
    std::vector<Step> steps;         ///< of all, each once, that are of use
    std::set<std::string> results;   ///< files that the study is for
};

// Those that no step reads, and the events whose numbers are told of a chain.
std::set<std::string> results_of(const StudyPlan& plan, const Study& study,
                                 const std::string& directory) {
    std::set<std::string> results = results_of(plan.steps);
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const std::string folder = chain_folder(study, directory, plan.chains[i].name);
        const std::string part = part_folders(plan.chains[i].config.run, folder).front();
        results.insert(plan.plans[i].files.at(ChainLayout{part}.events()));
    }
    return results;
}

// check_execution where something is computed.
using CheckMachine = void (*)(const Execution&);

// Of a chain that chooses its networks' place itself; of the others that is told once.
void check_own_machine(const CommonConfig& chain, const CommonConfig& common, CheckMachine check) {
    const auto choice = [](const CommonConfig& one) {
        return std::tuple(one.device, one.backend, one.instruction_set);
    };
    if (choice(chain) != choice(common)) check(chain.execution());
}

// Of the chains without problems, as far as can be told without events; those of others are added
// to `problems`.
StudyPlan plan_study(const Study& study, const StageContext& context, const std::string& directory,
                     CheckMachine check_machine, StudyProblems& problems) {
    StudyPlan all;
    SharedFiles shared(shared_folder(directory));
    std::set<std::string> planned;
    for (const StudyChain& chain : sound_chains(study, context.common)) {
        problems.collect(chain.name, [&] {
            check_own_machine(chain.common, context.common, check_machine);
            StageContext of_chain = context;
            of_chain.common = chain.common;
            all.plans.push_back(plan_chain(chain.config, of_chain,
                                           chain_folder(study, directory, chain.name),
                                           [&](const Step& step) { return shared.path_of(step); }));
            all.chains.push_back(chain);
        });
    }
    for (const ChainPlan& plan : all.plans) {
        for (const Step& step : plan.steps) {
            if (planned.insert(step.output).second) all.steps.push_back(step);
        }
    }
    all.results = results_of(all, study, directory);
    all.steps = steps_of_use(all.steps, all.results);
    return all;
}

StudyProblems problems_of_settings(const Study& study, const StageContext& context,
                                   CheckMachine check_machine) {
    StudyProblems found;
    found.add_settings(problems(study));
    try {
        check_machine(context.common.execution());
    } catch (const UsageError& error) {
        found.add_settings({error.what()});
    }
    return found;
}

// All steps, when all that can be checked without events is.
StudyPlan checked_plan(const Study& study, const StageContext& context,
                       const std::string& directory, CheckMachine check_machine = check_execution) {
    StudyProblems found = problems_of_settings(study, context, check_machine);
    StudyPlan plan = plan_study(study, context, directory, check_machine, found);
    found.require_none();
    return plan;
}

std::set<std::string> outputs_of(std::span<const Step> steps) {
    std::set<std::string> outputs;
    for (const Step& step : steps) outputs.insert(step.output);
    return outputs;
}

// Of all chains.
std::set<std::string> all_first_events(const StudyPlan& plan) {
    std::set<std::string> all;
    for (const ChainPlan& chain : plan.plans) {
        const std::vector<std::string> events = first_events(chain.steps);
        all.insert(events.begin(), events.end());
    }
    return all;
}

// First events that are there, of the chains that have one of these outputs. Files of a study are
// named after what they hold: none is out of date.
std::set<std::string> standing_events(const StudyPlan& plan, const std::set<std::string>& outputs) {
    std::set<std::string> standing;
    for (const ChainPlan& chain : plan.plans) {
        const bool is_theirs = std::ranges::any_of(
            chain.steps, [&](const Step& step) { return outputs.contains(step.output); });
        if (!is_theirs) continue;
        for (const std::string& events : first_events(chain.steps))
            if (is_there(events)) standing.insert(events);
    }
    return standing;
}

// What these events lack for their chains, or why there are none: added to `problems`, and what
// lacks by its path.
Lacks look_at_events(const StudyPlan& plan, const std::set<std::string>& looked_at,
                     const Refusals& refused, StudyProblems& problems) {
    Lacks lacks;
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const StudyChain& chain = plan.chains[i];
        for (const std::string& events : first_events(plan.plans[i].steps)) {
            if (!looked_at.contains(events)) continue;
            const auto refusal = refused.find(events);
            if (refusal != refused.end()) {
                problems.add(chain.name, refusal->second.code, refusal->second.message);
                continue;
            }
            std::string& all = lacks[events];
            problems.collect(chain.name, [&] {
                for (const std::string& lack : events_lack(chain.config, events)) {
                    problems.add(chain.name, ExitCode::bad_input, lack);
                    all += concat(all.empty() ? "" : "\n", "chain '", chain.name, "': ", lack);
                }
            });
        }
    }
    return lacks;
}

void run_looking_at_events(const StudyPlan& plan, const std::vector<Step>& steps,
                           const StageContext& context, const std::string& shared) {
    run_steps(steps, context, [&](const Refusals& refused) {
        StudyProblems found;
        const Lacks lacks = look_at_events(plan, outputs_of(steps), refused, found);
        found.require_none();
        note_lacks(lacks, shared);  // forgets those of jobs
    });
}

void require_enough_events(const StudyPlan& plan) {
    StudyProblems found;
    look_at_events(plan, standing_events(plan, outputs_of(plan.steps)), {}, found);
    found.require_none();
}

// Steps that prepare the first events of each chain. Those of further folds are as many again:
// where files are discarded they are made with their chains.
std::vector<Step> first_steps(const StudyPlan& plan, Intermediates intermediates) {
    std::set<std::string> first;
    for (const ChainPlan& chain : plan.plans) {
        std::vector<std::string> events = first_events(chain.steps);
        if (intermediates == Intermediates::discard && events.size() > 1) events.resize(1);
        first.insert(events.begin(), events.end());
    }
    std::vector<Step> steps;
    std::ranges::copy_if(plan.steps, std::back_inserter(steps),
                         [&](const Step& step) { return first.contains(step.output); });
    return steps;
}

void prepare_first(const StudyPlan& plan, const StageContext& context, Intermediates intermediates,
                   StudyProblems& problems) {
    const std::vector<Step> steps = first_steps(plan, intermediates);
    if (!steps.empty())
        look_at_events(plan, outputs_of(steps), try_steps(steps, context), problems);
}

// A study that has problems is not made, but the events of its other chains may have some too.
void throw_with_problems_of_events(const StudyPlan& plan, const StageContext& context,
                                   const std::string& directory, StudyProblems found) {
    if (!plan.chains.empty()) {
        log_warning(
            "the study cannot be made; preparing the events of its other chains, to tell "
            "all problems at once");
        found.collect("", [&] {
            make_directories(shared_folder(directory));
            prepare_first(plan, context, Intermediates::keep, found);
        });
    }
    found.require_none();
}

// Steps of these chains.
std::vector<Step> steps_of(const StudyPlan& plan, std::size_t first, std::size_t last) {
    std::set<std::string> outputs;
    for (std::size_t i = first; i < last; ++i) {
        for (const Step& step : plan.plans[i].steps) outputs.insert(step.output);
    }
    std::vector<Step> steps;
    std::ranges::copy_if(plan.steps, std::back_inserter(steps),
                         [&](const Step& step) { return outputs.contains(step.output); });
    return steps;
}

// A chain a thread; more on LibTorch, which trains those of several chains as one computation.
std::size_t chains_at_a_time(const CommonConfig& common, std::size_t chains) {
    constexpr std::size_t least_together = 16;
    const Execution execution = common.execution(chains);
    const auto threads = static_cast<std::size_t>(execution.threads);
    return runs_on_engine(execution) ? threads : std::max(threads, least_together);
}

// What the study is for, and what others in the directory keep.
std::set<std::string> kept_files(const Study& study, const StudyPlan& plan,
                                 const std::string& directory) {
    std::set<std::filesystem::path> own;
    for (const StudyChain& chain : plan.chains)
        own.emplace(chain_folder(study, directory, chain.name));
    std::set<std::string> kept = linked_files(directory, own);
    kept.insert(plan.results.begin(), plan.results.end());
    return kept;
}

// A few chains at a time. What chains to come share with them stays.
void run_discarding(const StudyPlan& plan, const StageContext& context, const std::string& shared,
                    const std::set<std::string>& results) {
    const std::size_t count = plan.chains.size();
    const std::size_t abreast = chains_at_a_time(context.common, count);
    for (std::size_t first = 0; first < count; first += abreast) {
        const std::size_t last = std::min(count, first + abreast);
        const std::vector<Step> steps = steps_of(plan, first, last);
        run_looking_at_events(plan, steps, context, shared);
        std::set<std::string> kept = results;
        for (const Step& step : steps_of(plan, last, count)) kept.insert(step.output);
        discard_outputs(steps, kept);
    }
}

void gather(const Study& study, const StudyPlan& plan, const StageContext& context,
            const std::string& directory) {
    const std::string folder = concat(directory, '/', study.study.name);
    for (std::size_t i = 0; i < plan.chains.size(); ++i)
        link_chain(chain_folder(study, directory, plan.chains[i].name), plan.plans[i].files);
    gather_results(study, plan.chains, context, folder);
}

}  // namespace

std::vector<PlannedJob> study_jobs(const Study& study, const StageContext& context,
                                   const std::string& directory, bool only_outstanding) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    std::vector<PlannedJob> jobs =
        planned_jobs(plan.steps, shared_folder(directory), context, only_outstanding);
    if (only_outstanding) require_enough_events(plan);
    return jobs;
}

void run_study_jobs(const Study& study, const StageContext& context, const std::string& directory,
                    const JobSelection& jobs) {
    const StudyPlan plan = checked_plan(study, context, directory);
    const std::string shared = shared_folder(directory);
    const std::vector<Step> chosen = chosen_steps(plan.steps, shared, jobs);
    make_directories(shared);
    const std::set<std::string> all_first = all_first_events(plan);
    const std::vector<std::string> first(all_first.begin(), all_first.end());
    const auto prepare = [&](std::span<const Step> noting) {
        wait_for_inputs(plan.steps, chosen, shared, jobs.latency);
        const Refusals refused = try_steps(split_at(noting, first).named, context);
        std::set<std::string> events = standing_events(plan, outputs_of(chosen));
        for (const auto& [output, refusal] : refused) events.insert(output);
        StudyProblems found;
        note_lacks(look_at_events(plan, events, refused, found), shared);
        found.require_none();
    };
    noting_failure(chosen, shared, prepare, [&](std::span<const Step> noting) {
        run_steps(split_at(noting, first).others, context, require_no_refusals);
    });
}

void gather_study(const Study& study, const StageContext& context, const std::string& directory) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    require_all_made(plan.steps, shared_folder(directory));
    require_enough_events(plan);
    gather(study, plan, context, directory);
}

void run_study(const Study& study, const StageContext& context, const std::string& directory,
               Intermediates intermediates) {
    StudyProblems found = problems_of_settings(study, context, check_execution);
    const StudyPlan plan = plan_study(study, context, directory, check_execution, found);
    if (!found.empty()) throw_with_problems_of_events(plan, context, directory, found);
    require_no_stale_outputs(plan.steps, context);
    make_directories(shared_folder(directory));
    if (intermediates == Intermediates::keep) {
        run_looking_at_events(plan, plan.steps, context, shared_folder(directory));
    } else {
        prepare_first(plan, context, intermediates, found);
        found.require_none();
        run_discarding(plan, context, shared_folder(directory), kept_files(study, plan, directory));
    }
    gather(study, plan, context, directory);
}

}  // namespace lacathode
