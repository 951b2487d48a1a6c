// Steps as jobs: listed, and run by their ids.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lacathode/workflow/jobs.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// The steps, whose outputs lie below `directory`, in the order of their rounds.
/// `only_outstanding`: those that have to run, after require_no_stale_outputs.
std::vector<PlannedJob> planned_jobs(std::span<const Step> steps, const std::string& directory,
                                     const StageContext& context, bool only_outstanding);

/// Those of the steps that are selected. Throws UsageError that names an unknown one; InputError if
/// one needs what another step has not made when the latency is over.
std::vector<Step> chosen_steps(std::span<const Step> steps, const std::string& directory,
                               const JobSelection& jobs);

/// Calls `work` with `steps`, whose outputs it makes. If it throws an Error, the message is kept
/// below `directory` for planned_jobs, of each step that began, or of all if none did, until it is
/// made.
void noting_failure(std::span<const Step> steps, const std::string& directory,
                    const std::function<void(std::span<const Step>)>& work);

/// Throws InputError that tells how many outputs of `steps` are missing, and names the first.
void require_all_made(std::span<const Step> steps, const std::string& directory);

}  // namespace lacathode
