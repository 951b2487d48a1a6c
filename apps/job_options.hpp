// What run and study offer to those who run their steps elsewhere: lists of jobs, one job, status.
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/stages/support/stage.hpp"
#include "lacathode/workflow/jobs.hpp"

namespace lacathode {

/// One of these at most; none: the program does everything itself.
struct JobOptions {
    bool list_jobs = false;
    bool dry_run = false;
    bool status = false;
    bool gather = false;
    std::vector<std::string> only;

    /// Bound to this object.
    std::vector<Argument> arguments();
    /// More than one is asked for.
    [[nodiscard]] std::vector<std::string> problems() const;
    /// Nothing is made, only told.
    [[nodiscard]] bool only_tell() const { return list_jobs || dry_run || status; }
};

/// For --json: the jobs, each with the command that makes it, and the command that gathers.
/// `words`: of the command line that asked for them.
JsonTree jobs_tree(const std::vector<PlannedJob>& jobs, const std::vector<std::string>& words);

/// For people: a line a job; of --status how many there are in each state, and what failed.
std::string jobs_text(const std::vector<PlannedJob>& jobs, const JobOptions& options);

}  // namespace lacathode
