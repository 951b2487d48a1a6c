// What the programs share that run a study: run it, tell of its jobs, gather.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "job_options.hpp"
#include "lacathode/workflow/results.hpp"
#include "lacathode/workflow/study.hpp"
#include "tool_main.hpp"

namespace lacathode {

struct StudyTool {
    std::string directory;
    bool discard = false;
    JobOptions options;
    std::vector<PlannedJob> jobs;                                             // that are told of
    StageContext asked;                                                       // who told
    std::vector<std::pair<std::string, std::vector<MethodResults>>> results;  // by chain
    std::vector<std::string> failed;  // checks of flows and hunts

    /// --out, --discard and those of the jobs.
    std::vector<Argument> arguments();
    [[nodiscard]] std::vector<std::string> problems() const;
    /// Where results are there `read` reads more of them, before another call may replace them.
    Summary run(const Study& study, const StageContext& context,
                const std::function<void()>& read = {});
    /// All of the study is there: results are read.
    [[nodiscard]] bool is_complete() const { return !options.only_tell() && options.only.empty(); }
    [[nodiscard]] std::string json() const;
    [[nodiscard]] std::string text() const;
};

}  // namespace lacathode
