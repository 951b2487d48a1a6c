// What is told of a job after it has failed: notes below the outputs' directory.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "workflow/step.hpp"

namespace lacathode {

/// Of the job that makes the output: its path below `directory`, without the ending.
std::string id_of(const std::string& output, const std::string& directory);
std::string id_of(const Step& step, const std::string& directory);

/// Why the step was not made, or what its output lacks; empty if nothing is noted.
std::string failure_of(const Step& step, const std::string& directory);

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

}  // namespace lacathode
