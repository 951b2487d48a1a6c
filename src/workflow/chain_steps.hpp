// Whether a step of the chain has to run.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/stages/support/stage.hpp"

namespace lacathode {

/// One stage's work on one output file.
struct Step {
    std::string name;    ///< for messages and the summary: "train_flow", "cathode/score_03"
    std::string output;  ///< path of the file
    std::string config;  ///< effective_config of the stage
    int algorithm;       ///< its version of what it computes
    bool quick;          ///< seconds at most: made again without asking when it is out of date
    std::vector<StageInput> inputs;
    std::function<Summary(const StageContext&)> run;
};

/// The step that runs a stage.
template <StageRoom S>
Step make_step(const std::string& name, const typename S::Config& config,
               const typename S::Paths& paths, const StageContext& context) {
    return {
        .name = name,
        .output = paths.output,
        .config = stage_config<S>(context, config),
        .algorithm = S::algorithm,
        .quick = false,
        .inputs = stage_inputs<S>(config, paths),
        .run = [config, paths](const StageContext& c) { return run_stage<S>(config, paths, c); }};
}

/// The steps by rounds: those of one round need no output of each other, only of earlier rounds.
/// Each round keeps the order of `steps`.
std::vector<std::vector<Step>> in_rounds(std::span<const Step> steps);

/// Throws OutputError that names them all, with the reasons, if outputs exist that would have to be
/// made again, context.overwrite forbids it and they are not quick. `steps` in the order of the
/// run.
void require_no_stale_outputs(std::span<const Step> steps, const StageContext& context);

/// Runs the step unless its output is there and was made by this algorithm, with this config, from
/// these inputs. An output made otherwise is replaced if context.overwrite allows it or the step is
/// quick, else OutputError; a damaged or foreign file only if it is allowed.
Summary run_step(const Step& step, const StageContext& context);

}  // namespace lacathode
