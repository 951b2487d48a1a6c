// Running steps: one, or all by their rounds.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// Runs the step unless its output is there and was made by this algorithm, with this config, from
/// these inputs. An output made otherwise is replaced if context.overwrite allows it or the step is
/// quick, else OutputError; a damaged or foreign file only if it is allowed. What another process
/// writes just then is waited for, unless it is trained. A quality check that fails is a warning
/// here.
Summary run_step(const Step& step, const StageContext& context);

/// What the steps have to say, by their names.
using NamedSummaries = std::vector<std::pair<std::string, Summary>>;

/// Why a step has no output: its settings or its input cannot be used.
struct Refusal {
    ExitCode code;
    std::string message;
};
/// By output.
using Refusals = std::map<std::string, Refusal>;

/// Throws all of them, each message once: UsageError if one is of the settings, else InputError.
void require_no_refusals(const Refusals& refused);

/// Runs steps that do not need each other as run_steps runs those of a round, and returns what
/// those that prepare events refused.
Refusals try_steps(std::span<const Step> steps, const StageContext& context);

/// Runs the steps by rounds; trainings of one family on LibTorch as one computation, others that do
/// not need each other side by side, as many as there are threads, and the last few of a round with
/// several threads each. `check` is called once, after the first round, with what steps that
/// prepare events refused there: all of them are tried. Ends with these if it does not throw. The
/// result is in the order of the rounds.
NamedSummaries run_steps(std::span<const Step> steps, const StageContext& context,
                         const std::function<void(const Refusals&)>& check);

}  // namespace lacathode
