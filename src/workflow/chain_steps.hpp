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
    std::vector<StageInput> inputs;
    std::function<Summary(const StageContext&)> run;
};

/// The step that runs a stage.
template <StageRoom S>
Step make_step(std::string name, const typename S::Config& config, const typename S::Paths& paths,
               const StageContext& context) {
    return {
        .name = std::move(name),
        .output = paths.output,
        .config = stage_config<S>(context, config),
        .inputs = stage_inputs<S>(config, paths),
        .run = [config, paths](const StageContext& c) { return run_stage<S>(config, paths, c); }};
}

/// Throws OutputError that names them all if outputs exist that would have to be made again, and
/// context.overwrite forbids it. `steps` in the order of the run.
void require_no_stale_outputs(std::span<const Step> steps, const StageContext& context);

/// Runs the step unless its output is there and was made by this version, with this config, from
/// these inputs. An output made otherwise is replaced if context.overwrite allows it, else
/// OutputError.
Summary run_step(const Step& step, const StageContext& context);

}  // namespace lacathode
