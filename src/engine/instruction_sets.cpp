// Which instruction set the kernels use.
#include <hwy/highway.h>

#include <algorithm>
#include <bit>

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

/// All that this binary holds and this machine runs: Highway numbers them best first.
std::vector<std::int64_t> targets() {
    static const std::vector<std::int64_t> all = hwy::SupportedAndGeneratedTargets();
    return all;
}

void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

std::vector<std::string> engine_instruction_sets() {
    std::vector<std::string> names;
    for (const std::int64_t target : targets()) names.push_back(name_of(target));
    return names;
}

std::string engine_instruction_set() {
    (void)targets();  // before anything is forced
    const std::int64_t usable = hwy::SupportedTargets() & HWY_TARGETS;
    return name_of(usable & -usable);
}

void use_engine_instruction_set(const std::string& name) {
    std::string choices;
    for (const std::int64_t target : targets()) {
        if (name_of(target) == name) return choose(target);
        choices += (choices.empty() ? "" : ", ") + name_of(target);
    }
    throw UsageError("instruction set '" + name +
                     "' is not available here; choose one of: " + choices);
}

}  // namespace lacathode
