// Steps as jobs: listed, and run by their ids.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "lacathode/workflow/jobs.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// The steps, whose outputs lie below `directory`, in the order of their rounds. Those outstanding
/// have passed require_no_stale_outputs, and what they need from outside is there.
std::vector<PlannedJob> planned_jobs(std::span<const Step> steps, const std::string& directory,
                                     const StageContext& context, Jobs listed);

/// Those of the steps that are selected. Throws UsageError that names an unknown one.
std::vector<Step> chosen_steps(std::span<const Step> steps, const std::string& directory,
                               const JobSelection& jobs);

/// Throws InputError if one of those chosen needs what another step has not made, or what cannot be
/// opened, when the latency is over.
void wait_for_inputs(std::span<const Step> steps, std::span<const Step> chosen,
                     const std::string& directory, std::chrono::seconds latency);

/// Waits until all outputs of `steps` are there, or the latency is over; those that are missing
/// then. Throws InputError for one that is there but cannot be opened.
std::vector<std::string> wait_for_outputs(std::span<const Step> steps,
                                          std::chrono::seconds latency);

/// Throws InputError that tells how many outputs of `steps` are missing when the latency is over,
/// and names the first.
void require_all_made(std::span<const Step> steps, const std::string& directory,
                      std::chrono::seconds latency);

}  // namespace lacathode
