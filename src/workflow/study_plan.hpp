// What a study makes: the steps of all its chains, each once.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lacathode/workflow/study.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/step.hpp"
#include "workflow/study_problems.hpp"

namespace lacathode {

struct StudyPlan {
    std::vector<StudyChain> chains;  ///< those that can be planned
    std::vector<ChainPlan> plans;    ///< of each chain
    std::vector<Step> steps;         ///< of all, each once, that are of use
    std::set<std::string> results;   ///< files that the study is for
};

/// What is wrong with the settings of the study and with its machine.
StudyProblems problems_of_settings(const Study& study, const StageContext& context,
                                   CheckMachine check_machine);

/// Of the chains without problems, as far as can be told without events; those of others are added
/// to `problems`.
StudyPlan plan_study(const Study& study, const StageContext& context, const std::string& directory,
                     CheckMachine check_machine, StudyProblems& problems);

/// All steps, when all that can be checked without events is. Throws as StudyProblems does.
StudyPlan checked_plan(const Study& study, const StageContext& context,
                       const std::string& directory, CheckMachine check_machine);

/// Those of all chains, each once, be they of use or not.
std::vector<Step> all_steps(const StudyPlan& plan);

/// Chooses the steps that are of use again, by what is there now.
void choose_steps(StudyPlan& plan);

/// Every file that a step of the study makes, be it of use or not.
std::set<std::string> needed_files(const StudyPlan& plan);

std::set<std::string> outputs_of(std::span<const Step> steps);

/// Steps of the chains from `first` on, before `last`.
std::vector<Step> steps_of(const StudyPlan& plan, std::size_t first, std::size_t last);

}  // namespace lacathode
