#include "job_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "duration.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

std::string state_of(const PlannedJob& job) {
    if (!job.failure.empty()) return "failed";
    return job.done ? "done" : "to do";
}

// The command line without what asks for a list.
std::vector<std::string> without_listing(const std::vector<std::string>& words) {
    constexpr std::array<std::string_view, 4> listing = {"--list-jobs", "--dry-run", "--status",
                                                         "--json"};
    std::vector<std::string> rest;
    std::ranges::copy_if(words, std::back_inserter(rest), [&](std::string_view word) {
        const std::string_view option = word.substr(0, word.find('='));  // --json=true
        return std::ranges::find(listing, option) == listing.end();
    });
    // Called by a bare name, as `lacathode study` calls it: this program, wherever the PATH leads.
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown && rest.front().find('/') == std::string::npos) rest.front() = self.string();
    return rest;
}

JsonTree::Items command(std::vector<std::string> words, std::initializer_list<std::string> more) {
    words.insert(words.end(), more);
    return {words.begin(), words.end()};
}

std::string status_text(const std::vector<PlannedJob>& jobs) {
    std::string text;
    for (const char* state : {"done", "failed", "to do"}) {
        const auto count = std::ranges::count(jobs, state, state_of);
        text += concat(count, ' ', state, '\n');
    }
    for (const PlannedJob& job : jobs) {
        if (state_of(job) == "failed") text += concat(job.id, ": ", job.failure);
    }
    return text;
}

}  // namespace

std::vector<Argument> JobOptions::arguments() {
    const auto flag = [](const char* name, const char* help, bool& value) {
        return Argument{name, ArgumentKind::flag, help, &value, Presence::optional};
    };
    return {
        flag("list_jobs", "List every file that is to be made, as a job, and stop.", list_jobs),
        flag("dry_run", "Make all checks, list what would be made, and stop.", dry_run),
        flag("status", "Tell how many jobs are done, what failed and why, and stop.", status),
        {"only", ArgumentKind::choice,
         "Make only the files of these jobs of --list-jobs; what they read is there.", &only,
         Presence::optional},
        {"latency_wait", ArgumentKind::choice,
         "With --only or --gather: wait so long, 60s, for files that a slow file system does not "
         "show yet.",
         &latency_wait, Presence::optional},
        flag("gather", "When all files are there: make only what the run ends with.", gather)};
}

std::vector<std::string> JobOptions::problems() const {
    const int asked = static_cast<int>(list_jobs) + static_cast<int>(dry_run) +
                      static_cast<int>(status) + static_cast<int>(gather) +
                      static_cast<int>(!only.empty());
    std::vector<std::string> problems;
    if (asked > 1)
        problems.emplace_back(
            "--list-jobs, --dry-run, --status, --only and --gather exclude each other");
    if (!latency_wait.empty() && !duration_of(latency_wait))
        problems.push_back(concat("--latency-wait ", latency_wait, ": ", duration_remedy));
    if (!latency_wait.empty() && only.empty() && !gather)
        problems.emplace_back("--latency-wait is for --only and --gather; leave it out");
    return problems;
}

JobSelection JobOptions::selection() const {
    return {.ids = only, .latency = latency()};
}

std::chrono::seconds JobOptions::latency() const {
    return duration_of(latency_wait).value_or(std::chrono::seconds(0));
}

JsonTree jobs_tree(const std::vector<PlannedJob>& jobs, const StageContext& context) {
    const std::vector<std::string> call = without_listing(context.words);
    JsonTree::Items items;
    for (const PlannedJob& job : jobs) {
        JsonTree tree;
        tree["id"] = job.id;
        tree["name"] = job.name;
        tree["stage"] = job.stage;
        tree["round"] = job.round;
        tree["command"] = command(call, {"--only", job.id});
        tree["inputs"] = JsonTree::Items(job.inputs.begin(), job.inputs.end());
        tree["output"] = job.output;
        tree["done"] = job.done;
        tree["failure"] = job.failure;
        tree["cores"] = job.needs.cores;
        tree["memory_mb"] = job.needs.memory_mb;
        tree["minutes"] = job.needs.minutes;
        items.emplace_back(tree);
    }
    JsonTree tree;
    tree["jobs"] = items;
    tree["gather"] = command(call, {"--gather"});
    tree["networks"] = network_implementation(context.common.execution());
    return tree;
}

std::string jobs_text(const std::vector<PlannedJob>& jobs, const JobOptions& options) {
    if (options.status) return status_text(jobs);
    std::string text;
    for (const PlannedJob& job : jobs)
        text +=
            concat(options.dry_run ? "to do" : state_of(job), "  ", job.id, "  ", job.name, '\n');
    return text;
}

}  // namespace lacathode
