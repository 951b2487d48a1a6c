// Which steps have to run: those whose output is absent or out of date.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "lacathode/stages/frame/recipe.hpp"
#include "workflow/step.hpp"

namespace lacathode {

/// Why the file at the step's output cannot stand for its result. Inputs in `absent` are not
/// compared.
Staleness staleness(const Step& step, const std::set<std::string>& absent = {});

/// What to do about an output that is out of date.
inline constexpr const char* remedy_of_stale_outputs =
    "pass --force to make it again, or choose another --out";

/// Throws UsageError for an output that is a file which a step reads and no earlier one makes.
/// Throws OutputError that names them all, with the reasons, if outputs exist that would have to be
/// made again, context.overwrite forbids it and they are not quick. `steps` in the order of the
/// run.
void require_no_stale_outputs(std::span<const Step> steps, const StageContext& context);

/// Those of the steps that run_steps would run: absent, out of date, or in need of such a one.
/// `steps` in the order of the run.
std::vector<Step> outstanding_steps(std::span<const Step> steps);

/// Throws InputError that names the first output, of those that are all there, that is out of date.
/// `steps` in the order of the run.
void require_outputs_up_to_date(std::span<const Step> steps);

/// Throws InputError that names what those chosen of the steps are made from, directly or not, if
/// it is there but out of date and none of them makes it, with the reasons. `steps` in the order of
/// the run, with outputs below `directory`.
void require_inputs_up_to_date(std::span<const Step> steps, std::span<const Step> chosen,
                               const std::string& directory);

}  // namespace lacathode
