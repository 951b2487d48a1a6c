// The CPU engine: the flow and the classifier without a framework.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/classifier.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode {

/// The instruction sets that this binary holds code for and this machine runs, best first: of
/// "AVX-512", "AVX2", "SSE4" and "baseline" on x86-64, "NEON" on 64-bit Arm. Their results agree to
/// rounding, not to the bit.
std::vector<std::string> engine_instruction_sets();
/// The one that networks made from now on will use; at first the best.
std::string engine_instruction_set();
/// Networks made from now on use that one; those that exist keep theirs. For the whole process; not
/// to be called while another thread makes a network. Throws UsageError that lists the choices if
/// it is not one of them.
void use_engine_instruction_set(const std::string& name);

/// Analytic gradients, fused Adam, masked weights skipped (state() has zeros there). `threads` >= 1
/// share every step and every call; the results do not depend on their number. One object is used
/// by one thread at a time, but several may call its const functions. Throws UsageError for more
/// than 64 features or an empty architecture.
std::unique_ptr<DensityEstimator> make_engine_flow(const FlowArchitecture& architecture,
                                                   const AdamOptions& adam, int threads);
/// The same for the classifier. Throws UsageError for no inputs, no hidden layer or an empty one.
std::unique_ptr<Classifier> make_engine_classifier(const ClassifierArchitecture& architecture,
                                                   const AdamOptions& adam, int threads);

}  // namespace lacathode
