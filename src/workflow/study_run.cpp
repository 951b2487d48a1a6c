#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/workflow/study.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/directories.hpp"
#include "workflow/files_in_use.hpp"
#include "workflow/job_list.hpp"
#include "workflow/job_notes.hpp"
#include "workflow/lean_steps.hpp"
#include "workflow/outdated_steps.hpp"
#include "workflow/run_steps.hpp"
#include "workflow/study_events.hpp"
#include "workflow/study_plan.hpp"
#include "workflow/study_problems.hpp"
#include "workflow/study_results.hpp"

namespace lacathode {
namespace {

void run_looking_at_events(const StudyPlan& plan, const std::vector<Step>& steps,
                           const StageContext& context, const std::string& shared) {
    run_steps(steps, context, [&](const Refusals& refused) {
        StudyProblems found;
        const Lacks lacks = look_at_events(plan, outputs_of(steps), refused, found);
        found.require_none();
        note_lacks(lacks, shared);  // forgets those of jobs
    });
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

// A chain a thread; more on LibTorch, which trains those of several chains as one computation.
std::size_t chains_at_a_time(const CommonConfig& common, std::size_t chains) {
    constexpr std::size_t least_together = 16;
    const Execution execution = common.execution(chains);
    const auto threads = static_cast<std::size_t>(execution.threads);
    return runs_on_engine(execution) ? threads : std::max(threads, least_together);
}

std::set<std::string> read_and_made(std::span<const Step> steps) {
    std::set<std::string> files = outputs_of(steps);
    for (const Step& step : steps) {
        for (const StageInput& input : step.inputs) files.insert(input.path);
    }
    return files;
}

// What the study is for, and what pseudo-data are drawn from: other calls draw more of them.
std::set<std::string> lasting_files(const Study& study, const StudyPlan& plan,
                                    const std::string& directory) {
    std::set<std::string> files = plan.results;
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        if (!plan.chains[i].config.run.pseudo_data) continue;
        const ChainLayout base = base_layout(chain_folder(study, directory, plan.chains[i].name));
        for (const std::string& file : {base.events(), base.flow(0)})
            files.insert(plan.plans[i].files.at(file));
    }
    return files;
}

// What others in the directory keep.
std::set<std::string> linked_elsewhere(const Study& study, const StudyPlan& plan,
                                       const std::string& directory) {
    std::set<std::filesystem::path> own;
    for (const StudyChain& chain : plan.chains)
        own.emplace(chain_folder(study, directory, chain.name));
    return linked_files(directory, own);
}

// A few chains at a time. What chains to come share with them stays, and what other calls need.
void run_discarding(const Study& study, const StudyPlan& plan, const StageContext& context,
                    const std::string& directory, FilesInUse& in_use) {
    const std::set<std::string> lasting = lasting_files(study, plan, directory);
    (void)linked_elsewhere(study, plan, directory);  // what cannot be told is told at once
    const std::size_t count = plan.chains.size();
    const std::size_t abreast = chains_at_a_time(context.common, count);
    for (std::size_t first = 0; first < count; first += abreast) {
        const std::size_t last = std::min(count, first + abreast);
        const std::vector<Step> steps = steps_of(plan, first, last);
        run_looking_at_events(plan, steps, context, shared_folder(directory));
        std::set<std::string> needed = outputs_of(steps_of(plan, last, count));
        needed.insert(lasting.begin(), lasting.end());
        in_use.narrow_to(needed, [&](std::set<std::string> kept) {
            kept.merge(linked_elsewhere(study, plan, directory));
            kept.insert(needed.begin(), needed.end());
            discard_outputs(steps, kept);
        });
    }
}

std::string results_folder(const Study& study, const std::string& directory) {
    return concat(directory, '/', study.study.name);
}

// Throws OutputError for what neither results nor links to the files that `are_linked` can replace.
void require_room(const Study& study, const StudyPlan& plan, const std::string& directory,
                  const std::function<bool(const std::string&)>& are_linked) {
    (void)may_replace(results_folder(study, directory) + "/results.h5");
    std::set<std::string> found;
    for (const ChainPlan& chain : plan.plans) found.merge(in_the_way(chain.files, are_linked));
    if (found.empty()) return;
    throw OutputError(concat("in the way of the study's links; move it away:\n  ",
                             joined({found.begin(), found.end()}, "\n  ")));
}

// Before the files are made, of which those that only the way needs may be discarded.
void require_room_in_the_end(const Study& study, const StudyPlan& plan,
                             const std::string& directory, Intermediates intermediates) {
    const std::set<std::string> made = outputs_of(plan.steps);
    const std::set<std::string> lasting =
        intermediates == Intermediates::keep ? made : lasting_files(study, plan, directory);
    require_room(study, plan, directory, [&](const std::string& file) {
        return made.contains(file) ? lasting.contains(file) : is_there(file);
    });
}

// Calls of the study take turns.
void gather(const Study& study, const StudyPlan& plan, const StageContext& context,
            const std::string& directory, const InTurn& in_turn) {
    const std::string folder = results_folder(study, directory);
    const LockedFile turn = turn_in(folder);
    require_room(study, plan, directory, is_there);
    if (in_turn.before) in_turn.before();
    for (std::size_t i = 0; i < plan.chains.size(); ++i)
        link_chain(chain_folder(study, directory, plan.chains[i].name), shared_folder(directory),
                   plan.plans[i].files);
    gather_results(study, plan.chains, context, folder);
    if (in_turn.after) in_turn.after();
}

}  // namespace

std::vector<PlannedJob> study_jobs(const Study& study, const StageContext& context,
                                   const std::string& directory, Jobs listed) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    std::vector<PlannedJob> jobs =
        planned_jobs(plan.steps, shared_folder(directory), context, listed);
    if (listed == Jobs::outstanding) {
        require_room_in_the_end(study, plan, directory, Intermediates::keep);
        require_enough_events(plan);
    }
    return jobs;
}

void run_study_jobs(const Study& study, const StageContext& context, const std::string& directory,
                    const JobSelection& jobs) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution);
    const std::string shared = shared_folder(directory);
    const std::vector<Step> chosen = chosen_steps(plan.steps, shared, jobs);
    make_directories(shared);
    const FilesInUse in_use(shared, read_and_made(chosen));
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

void gather_study(const Study& study, const StageContext& context, const std::string& directory,
                  std::chrono::seconds latency, const InTurn& in_turn) {
    const std::string shared = shared_folder(directory);
    StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    wait_for_outputs(all_steps(plan), latency);
    choose_steps(plan);  // what did not show before may be of use
    require_all_made(plan.steps, shared, std::chrono::seconds(0));
    const FilesInUse in_use(shared, needed_files(plan));
    choose_steps(plan);  // what was there may have been discarded before that
    require_outputs_up_to_date(plan.steps);
    require_enough_events(plan);
    gather(study, plan, context, directory, in_turn);
}

bool is_made(const Study& study, const StageContext& context, const std::string& directory) {
    const StudyPlan plan = checked_plan(study, context, directory, check_execution_settings);
    require_no_stale_outputs(plan.steps, context);
    require_enough_events(plan);
    return outstanding_steps(plan.steps).empty();
}

void wait_for_study(const Study& study, const StageContext& context, const std::string& directory,
                    std::chrono::seconds latency) {
    if (latency.count() == 0) return;  // a plan reads the inputs
    wait_for_outputs(all_steps(checked_plan(study, context, directory, check_execution_settings)),
                     latency);
}

void run_study(const Study& study, const StageContext& context, const std::string& directory,
               Intermediates intermediates, const InTurn& in_turn) {
    StudyProblems found = problems_of_settings(study, context, check_execution);
    StudyPlan plan = plan_study(study, context, directory, check_execution, found);
    if (!found.empty()) throw_with_problems_of_events(plan, context, directory, found);
    require_room_in_the_end(study, plan, directory, intermediates);
    const std::string shared = shared_folder(directory);
    make_directories(shared);
    FilesInUse in_use(shared, needed_files(plan));
    choose_steps(plan);  // what was there may have been discarded before that
    require_no_stale_outputs(plan.steps, context);
    if (intermediates == Intermediates::keep) {
        run_looking_at_events(plan, plan.steps, context, shared);
    } else {
        prepare_first(plan, context, intermediates, found);
        found.require_none();
        run_discarding(study, plan, context, directory, in_use);
    }
    gather(study, plan, context, directory, in_turn);
}

}  // namespace lacathode
