// Whether a step of the chain has to run.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/stages/context.hpp"

namespace lacathode {

/// One stage's work on one output file.
struct Step {
    std::string name;    ///< for messages and the summary: "train_flow", "cathode/score_03"
    std::string output;  ///< path of the file
    std::string config;  ///< effective_config of the stage
    std::vector<std::pair<std::string, std::string>>
        inputs;  ///< role and path, roles as the stage records them
    std::function<Summary(const StageContext&)> run;
};

/// Throws OutputError that names them all if outputs exist that would have to be made again, and
/// context.overwrite forbids it. `steps` in the order of the run.
void require_no_stale_outputs(std::span<const Step> steps, const StageContext& context);

/// Runs the step unless its output is there and was made by this version, with this config, from
/// these inputs. An output made otherwise is replaced if context.overwrite allows it, else
/// OutputError.
Summary run_step(const Step& step, const StageContext& context);

}  // namespace lacathode
