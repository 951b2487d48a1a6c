#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/study.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/directories.hpp"
#include "workflow/events_lack.hpp"
#include "workflow/job_list.hpp"
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

// Of the chains without problems, as far as can be told without events; those of others are added
// to `problems`.
StudyPlan plan_study(const Study& study, const StageContext& context, const std::string& directory,
                     StudyProblems& problems) {
    StudyPlan all;
    SharedFiles shared(shared_folder(directory));
    std::set<std::string> planned;
    for (const StudyChain& chain : sound_chains(study, context.common)) {
        problems.collect(chain.name, [&] {
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

// `check_machine` is check_execution where something is computed.
StudyProblems problems_of_settings(const Study& study, const StageContext& context,
                                   void (*check_machine)(const Execution&) = check_execution) {
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
                       const std::string& directory,
                       void (*check_machine)(const Execution&) = check_execution) {
    StudyProblems found = problems_of_settings(study, context, check_machine);
    StudyPlan plan = plan_study(study, context, directory, found);
    found.require_none();
    return plan;
}

// What the events among the outputs of `made` lack for their chains, or why there are none.
void look_at_events(const StudyPlan& plan, const std::vector<Step>& made, const Refusals& refused,
                    StudyProblems& problems) {
    std::set<std::string> outputs;
    for (const Step& step : made) outputs.insert(step.output);
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const StudyChain& chain = plan.chains[i];
        for (const std::string& events : first_events(plan.plans[i].steps)) {
            if (!outputs.contains(events)) continue;
            const auto refusal = refused.find(events);
            if (refusal != refused.end()) {
                problems.add(chain.name, refusal->second.code, refusal->second.message);
                continue;
            }
            problems.collect(chain.name, [&] {
                for (const std::string& lack : events_lack(chain.config, events))
                    problems.add(chain.name, ExitCode::bad_input, lack);
            });
        }
    }
}

void run_looking_at_events(const StudyPlan& plan, const std::vector<Step>& steps,
                           const StageContext& context) {
    run_steps(steps, context, [&](const Refusals& refused) {
        StudyProblems found;
        look_at_events(plan, steps, refused, found);
        found.require_none();
    });
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
    if (!steps.empty()) look_at_events(plan, steps, try_steps(steps, context), problems);
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
void run_discarding(const StudyPlan& plan, const StageContext& context,
                    const std::set<std::string>& results) {
    const std::size_t count = plan.chains.size();
    const std::size_t abreast = chains_at_a_time(context.common, count);
    for (std::size_t first = 0; first < count; first += abreast) {
        const std::size_t last = std::min(count, first + abreast);
        const std::vector<Step> steps = steps_of(plan, first, last);
        run_looking_at_events(plan, steps, context);
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
    return planned_jobs(plan.steps, shared_folder(directory), context, only_outstanding);
}

void run_study_jobs(const Study& study, const StageContext& context, const std::string& directory,
                    const JobSelection& jobs) {
    const StudyPlan plan = checked_plan(study, context, directory);
    const std::string shared = shared_folder(directory);
    const std::vector<Step> chosen = chosen_steps(plan.steps, shared, jobs);
    make_directories(shared);
    noting_failure(chosen, shared, [&](std::span<const Step> steps) {
        run_looking_at_events(plan, {steps.begin(), steps.end()}, context);
    });
}

void gather_study(const Study& study, const StageContext& context, const std::string& directory) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    require_all_made(plan.steps, shared_folder(directory));
    gather(study, plan, context, directory);
}

void run_study(const Study& study, const StageContext& context, const std::string& directory,
               Intermediates intermediates) {
    StudyProblems found = problems_of_settings(study, context);
    const StudyPlan plan = plan_study(study, context, directory, found);
    if (!found.empty()) throw_with_problems_of_events(plan, context, directory, found);
    require_no_stale_outputs(plan.steps, context);
    make_directories(shared_folder(directory));
    if (intermediates == Intermediates::keep) {
        run_looking_at_events(plan, plan.steps, context);
    } else {
        prepare_first(plan, context, intermediates, found);
        found.require_none();
        run_discarding(plan, context, kept_files(study, plan, directory));
    }
    gather(study, plan, context, directory);
}

}  // namespace lacathode
