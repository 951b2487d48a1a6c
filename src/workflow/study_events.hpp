// The prepared events of a study: made first, and looked at before anything is trained.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "workflow/job_notes.hpp"
#include "workflow/run_steps.hpp"
#include "workflow/study_plan.hpp"
#include "workflow/study_problems.hpp"

namespace lacathode {

/// First events of all chains.
std::set<std::string> all_first_events(const StudyPlan& plan);

/// First events that are there, of the chains that have one of these outputs. Files of a study are
/// named after what they hold: none is out of date.
std::set<std::string> standing_events(const StudyPlan& plan, const std::set<std::string>& outputs);

/// What these events lack for their chains, or why there are none: added to `problems`, and what
/// lacks by its path.
Lacks look_at_events(const StudyPlan& plan, const std::set<std::string>& looked_at,
                     const Refusals& refused, StudyProblems& problems);

/// Throws what the first events that are there lack.
void require_enough_events(const StudyPlan& plan);

/// Makes the first events of each chain; what they lack is added to `problems`. Those of further
/// folds are as many again: where files are discarded they are made with their chains.
void prepare_first(const StudyPlan& plan, const StageContext& context, Intermediates intermediates,
                   StudyProblems& problems);

}  // namespace lacathode
