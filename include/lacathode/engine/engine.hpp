// The CPU engine: the flow and the classifier without a framework.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/classifier.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode {

/// The instruction sets that this binary holds code for and this machine runs, best first
/// ("AVX-512", "AVX2", "SSE4", "baseline", "NEON", ...).
std::vector<std::string> engine_instruction_sets();
/// The one in use.
std::string engine_instruction_set();
/// Uses that one from now on. Throws UsageError listing the choices if it is not one of them.
void use_engine_instruction_set(const std::string& name);

/// Analytic gradients, fused Adam, masked weights skipped. Throws UsageError for more than 64
/// features or an empty architecture. `threads` work inside one step; the results do not depend on
/// their number.
std::unique_ptr<DensityEstimator> make_engine_flow(const FlowArchitecture& architecture,
                                                   const AdamOptions& adam, int threads);
std::unique_ptr<Classifier> make_engine_classifier(const ClassifierArchitecture& architecture,
                                                   const AdamOptions& adam, int threads);

}  // namespace lacathode
