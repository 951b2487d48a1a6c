// Stages evaluate-sic and evaluate-sculpting: what a selection gains, and what it does to the mass
// spectrum.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/context.hpp"

namespace lacathode {

struct EvaluatePaths {
    std::vector<std::string> scores;  ///< one scores file a run, all of the same events
    std::string output;
};

/// Significance improvement in the signal region over the labelled events of Partition::test and
/// ::evaluation. Throws InputError without labels, signal or background, or if the files hold
/// different events.
Summary run_evaluate_sic(const EvaluateSicConfig& config, const StageContext& context,
                         const EvaluatePaths& paths);

/// Sculpting of the mass spectrum over background events (all events, without truth) of
/// Partition::test.
Summary run_evaluate_sculpting(const EvaluateSculptingConfig& config, const StageContext& context,
                               const EvaluatePaths& paths);

}  // namespace lacathode
