// Every step of a chain, before any of them runs.
#pragma once

#include <string>
#include <vector>

#include "lacathode/workflow/chain.hpp"
#include "workflow/chain_steps.hpp"

namespace lacathode {

/// The steps of one method, in order.
struct MethodPlan {
    Method method;
    std::string directory;     ///< of its classifiers, scores and metrics
    std::vector<Step> inputs;  ///< what its classifier is trained on, beside the events
    std::vector<std::vector<Step>> trainings;  ///< of each retraining: train the classifier, score
    std::vector<Step> evaluations;
};

struct ChainPlan {
    Step prepare;
    Step train_flow;
    std::vector<MethodPlan> methods;
};

/// `config` must outlive the plan.
ChainPlan plan_chain(const ChainConfig& config, const StageContext& context,
                     const std::string& directory);

/// In the order in which they depend on one another.
std::vector<Step> all_steps(const ChainPlan& plan);

}  // namespace lacathode
