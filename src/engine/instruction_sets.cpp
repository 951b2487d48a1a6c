// The instruction sets that the kernels exist for, by name.
#include <hwy/highway.h>

#include "engine/kernels/kernels.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

std::string name_of(std::int64_t target) {
    switch (target) {
        case HWY_AVX3:
            return "AVX-512";
        case HWY_EMU128:
        case HWY_SCALAR:
            return "baseline";
        default:
            return hwy::TargetName(target);
    }
}

/// Of Highway's targets the one of that name; empty: the best.
std::int64_t target_of(const std::string& name) {
    std::string choices;
    // All that this binary holds and this machine runs: Highway numbers them best first.
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        if (name.empty() || name_of(target) == name) return target;
        choices += (choices.empty() ? "" : ", ") + name_of(target);
    }
    throw UsageError("instruction set '" + name +
                     "' is not available here; choose one of: " + choices);
}

}  // namespace

std::vector<std::string> engine_instruction_sets() {
    std::vector<std::string> names;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        names.push_back(name_of(target));
    }
    return names;
}

void check_instruction_set(const std::string& name) {
    (void)target_of(name);
}

const engine::EngineKernels& engine::kernels_for(const std::string& instruction_set) {
    return kernels_for_target(target_of(instruction_set));
}

}  // namespace lacathode
