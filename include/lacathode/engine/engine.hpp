// The CPU engine: the MAF and the MLP without a framework (docs/engine.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode {

/// The instruction sets that this binary holds code for and this machine runs, best first: of
/// "AVX-512", "AVX2", "SSE4" and "baseline" on x86-64, "NEON" on 64-bit Arm. Their results agree to
/// rounding, not to the bit.
std::vector<std::string> engine_instruction_sets();
/// Throws UsageError that lists the choices if `name` is neither one of them nor empty.
void check_instruction_set(const std::string& name);

/// Analytic gradients, fused Adam, masked weights skipped (state() has zeros there). `threads` >= 1
/// share every step and every call; the results do not depend on their number. One object is used
/// by one thread at a time, but several may call its const functions. `instruction_set`: one of
/// engine_instruction_sets(); empty: the best. Throws UsageError for another one, for more than 64
/// features or an empty architecture.
std::unique_ptr<MafNetwork> make_engine_maf(const MafArchitecture& architecture,
                                            const AdamOptions& adam, int threads,
                                            const std::string& instruction_set = {});
/// The same for the MLP. Throws UsageError for no inputs, no hidden layer or an empty one.
std::unique_ptr<MlpNetwork> make_engine_mlp(const MlpArchitecture& architecture,
                                            const AdamOptions& adam, int threads,
                                            const std::string& instruction_set = {});

}  // namespace lacathode
