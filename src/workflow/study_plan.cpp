#include "workflow/study_plan.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "lacathode/core/errors.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/directories.hpp"
#include "workflow/lean_steps.hpp"
#include "workflow/shared_files.hpp"
#include "workflow/study_results.hpp"

namespace lacathode {
namespace {

// Those that no step reads, and the events whose numbers are told of a chain.
std::set<std::string> results_of(const StudyPlan& plan, const Study& study,
                                 const std::string& directory) {
    std::set<std::string> results = results_of(all_steps(plan));
    for (std::size_t i = 0; i < plan.chains.size(); ++i) {
        const std::string folder = chain_folder(study, directory, plan.chains[i].name);
        const std::string part = part_folders(plan.chains[i].config.run, folder).front();
        results.insert(plan.plans[i].files.at(ChainLayout{part}.events()));
    }
    return results;
}

// Of a chain that chooses its networks' place itself; of the others that is told once.
void check_own_machine(const CommonConfig& chain, const CommonConfig& common, CheckMachine check) {
    const auto choice = [](const CommonConfig& one) {
        return std::tuple(one.device, one.backend, one.instruction_set);
    };
    if (choice(chain) != choice(common)) check(chain.execution());
}

}  // namespace

StudyPlan plan_study(const Study& study, const StageContext& context, const std::string& directory,
                     CheckMachine check_machine, StudyProblems& problems) {
    StudyPlan all;
    SharedFiles shared(shared_folder(directory));
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
    all.results = results_of(all, study, directory);
    choose_steps(all);
    return all;
}

std::vector<Step> all_steps(const StudyPlan& plan) {
    std::vector<Step> steps;
    std::set<std::string> planned;
    for (const ChainPlan& chain : plan.plans) {
        for (const Step& step : chain.steps) {
            if (planned.insert(step.output).second) steps.push_back(step);
        }
    }
    return steps;
}

void choose_steps(StudyPlan& plan) {
    plan.steps = steps_of_use(all_steps(plan), plan.results);
}

std::set<std::string> needed_files(const StudyPlan& plan) {
    return outputs_of(all_steps(plan));
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

StudyPlan checked_plan(const Study& study, const StageContext& context,
                       const std::string& directory, CheckMachine check_machine) {
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

}  // namespace lacathode
