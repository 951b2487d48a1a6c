// Files that nothing needs any more: they are not made again, and may be deleted.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "workflow/step.hpp"

namespace lacathode {

/// Outputs that no step reads: what the steps are for.
std::set<std::string> results_of(std::span<const Step> steps);

/// `steps`, in the order of the run, without those whose output is gone and of no use: no result,
/// and read by nothing that has to be made; and without what is there and was made from such a one,
/// which cannot be compared with it.
std::vector<Step> steps_of_use(std::span<const Step> steps, const std::set<std::string>& results);

/// Deletes the outputs of these steps but for `kept`. Throws OutputError.
void discard_outputs(std::span<const Step> steps, const std::set<std::string>& kept);

}  // namespace lacathode
