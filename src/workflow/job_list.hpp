// Steps as jobs: listed, and run by their ids.
#pragma once

#include <chrono>
#include <functional>
#include <map>
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

/// Those of the steps that are selected. Throws UsageError that names an unknown one.
std::vector<Step> chosen_steps(std::span<const Step> steps, const std::string& directory,
                               const JobSelection& jobs);

/// Throws InputError if one of those chosen needs what another step has not made when the latency
/// is over.
void wait_for_inputs(std::span<const Step> steps, std::span<const Step> chosen,
                     const std::string& directory, std::chrono::seconds latency);

/// Calls `before`, which trains nothing, then `work` with `steps`, whose outputs they make. If one
/// throws, and not because it is interrupted, the message is kept below `directory` for
/// planned_jobs, of each step that began, or of all if none did, until it is made.
void noting_failure(std::span<const Step> steps, const std::string& directory,
                    const std::function<void(std::span<const Step>)>& before,
                    const std::function<void(std::span<const Step>)>& work);

/// What outputs that are there lack, by output; empty: nothing.
using Lacks = std::map<std::string, std::string>;

/// Keeps them below `directory` for planned_jobs, until one lacks nothing.
void note_lacks(const Lacks& lacks, const std::string& directory);

/// Throws InputError that tells how many outputs of `steps` are missing, and names the first.
void require_all_made(std::span<const Step> steps, const std::string& directory);

}  // namespace lacathode
