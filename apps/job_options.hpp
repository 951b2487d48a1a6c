// What run, study, scan and toys offer to those who run their steps elsewhere: lists of jobs, one
// job, status.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/stages/frame/stage.hpp"
#include "lacathode/workflow/jobs.hpp"

namespace lacathode {

/// One of these at most; none: the program does everything itself.
struct JobOptions {
    bool list_jobs = false;
    bool dry_run = false;
    bool status = false;
    bool gather = false;
    std::vector<std::string> only;
    std::string latency_wait;  ///< a duration; empty: none

    /// Bound to this object.
    std::vector<Argument> arguments();
    /// More than one is asked for, a duration is none, or nothing would wait.
    [[nodiscard]] std::vector<std::string> problems() const;
    /// How long files that others have made are waited for.
    [[nodiscard]] std::chrono::seconds latency() const;
    /// What is to be made of the jobs.
    [[nodiscard]] JobSelection selection() const;
    /// Nothing is made, only told.
    [[nodiscard]] bool only_tell() const { return list_jobs || dry_run || status; }
    /// What is told of.
    [[nodiscard]] Jobs listed() const { return dry_run ? Jobs::outstanding : Jobs::all; }
};

/// For --json: the jobs, each with the command that makes it, the command that gathers, and what
/// computes the networks on this machine. `context`: of the program that was asked for them.
JsonTree jobs_tree(const std::vector<PlannedJob>& jobs, const StageContext& context);

/// For people: a line a job; of --status how many there are in each state, and what failed.
std::string jobs_text(const std::vector<PlannedJob>& jobs, const JobOptions& options);

}  // namespace lacathode
