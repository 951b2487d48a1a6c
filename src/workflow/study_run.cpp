#include <algorithm>
#include <iterator>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/study.hpp"
#include "workflow/chain_checks.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/job_list.hpp"
#include "workflow/lean_steps.hpp"
#include "workflow/shared_files.hpp"
#include "workflow/study_results.hpp"

namespace lacathode {
namespace {

struct StudyPlan {
    std::vector<StudyChain> chains;
    std::vector<ChainPlan> plans;   ///< of each chain
    std::vector<Step> steps;        ///< of all, each once, that are of use
    std::set<std::string> results;  ///< files that the study is for
};

// Those that no step reads, and the events whose numbers are told of a chain.
std::set<std::string> results_of(const StudyPlan& plan, const Study& study,
                                 const std::string& directory) {
    std::set<std::string> results = results_of(plan.steps);
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const std::string folder = chain_folder(study, directory, plan.chains[i].name);
        const std::string part = part_folders(plan.chains[i].config.run, folder).front();
        results.insert(plan.plans[i].files.at(part + "/events.h5"));
    }
    return results;
}

StudyPlan plan_study(const Study& study, const StageContext& context,
                     const std::string& directory) {
    StudyPlan all{
        .chains = chains_of(study, context.common), .plans = {}, .steps = {}, .results = {}};
    SharedFiles shared(shared_folder(directory));
    std::set<std::string> planned;
    for (const StudyChain& chain : all.chains) {
        StageContext of_chain = context;
        of_chain.common = chain.common;
        all.plans.push_back(plan_chain(chain.config, of_chain,
                                       chain_folder(study, directory, chain.name),
                                       [&](const Step& step) { return shared.path_of(step); }));
        for (const Step& step : all.plans.back().steps) {
            if (planned.insert(step.output).second) all.steps.push_back(step);
        }
    }
    all.results = results_of(all, study, directory);
    all.steps = steps_of_use(all.steps, all.results);
    return all;
}

// All steps, when all that can be checked without events is.
StudyPlan checked_plan(const Study& study, const StageContext& context,
                       const std::string& directory) {
    require_no_problems("configuration", problems(study));
    check_execution(context.common.execution());
    return plan_study(study, context, directory);
}

// Of the chains whose events are among the outputs of `made`.
void require_enough_events(const StudyPlan& plan, const std::vector<Step>& made) {
    std::set<std::string> outputs;
    for (const Step& step : made) outputs.insert(step.output);
    Problems found;
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        for (const std::string& events : first_events(plan.plans[i].steps)) {
            if (!outputs.contains(events)) continue;
            found.add(events_lack(plan.chains[i].config, events),
                      concat("chain '", plan.chains[i].name, "': "));
        }
    }
    const std::vector<std::string> lacks = found.take();
    if (lacks.empty()) return;
    throw InputError("the study lacks events:\n  " + joined(lacks, "\n  "));
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

// A few chains at a time. What chains to come share with them stays.
void run_discarding(const StudyPlan& plan, const StageContext& context) {
    const std::size_t count = plan.chains.size();
    const std::size_t abreast = chains_at_a_time(context.common, count);
    for (std::size_t first = 0; first < count; first += abreast) {
        const std::size_t last = std::min(count, first + abreast);
        const std::vector<Step> steps = steps_of(plan, first, last);
        run_steps(steps, context, [&] { require_enough_events(plan, steps); });
        std::set<std::string> kept = plan.results;
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
    return planned_jobs(checked_plan(study, context, directory).steps, shared_folder(directory),
                        context, only_outstanding);
}

void run_study_jobs(const Study& study, const StageContext& context, const std::string& directory,
                    const JobSelection& jobs) {
    const StudyPlan plan = checked_plan(study, context, directory);
    const std::string shared = shared_folder(directory);
    const std::vector<Step> chosen = chosen_steps(plan.steps, shared, jobs);
    make_directories(shared);
    noting_failure(chosen, shared, [&] {
        run_steps(chosen, context, [&] { require_enough_events(plan, chosen); });
    });
}

void gather_study(const Study& study, const StageContext& context, const std::string& directory) {
    const StudyPlan plan = checked_plan(study, context, directory);
    require_all_made(plan.steps, shared_folder(directory));
    gather(study, plan, context, directory);
}

void run_study(const Study& study, const StageContext& context, const std::string& directory,
               Intermediates intermediates) {
    const StudyPlan plan = checked_plan(study, context, directory);
    require_no_stale_outputs(plan.steps, context);
    make_directories(shared_folder(directory));
    if (intermediates == Intermediates::keep) {
        run_steps(plan.steps, context, [&] { require_enough_events(plan, plan.steps); });
    } else {
        run_discarding(plan, context);
    }
    gather(study, plan, context, directory);
}

}  // namespace lacathode
