// A number that is known when the program runs, as one that is known when it is compiled.
#if defined(LACATHODE_ENGINE_CONSTANT_COUNT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_CONSTANT_COUNT_INL
#undef LACATHODE_ENGINE_CONSTANT_COUNT_INL
#else
#define LACATHODE_ENGINE_CONSTANT_COUNT_INL
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// Calls op.run<count>() for a count of 1 ... kMost; of 0 nothing.
template <int kMost, class Op>
HWY_INLINE void with_constant(std::size_t count, const Op& op) {
    if constexpr (kMost > 0) {
        if (count == kMost) return op.template run<kMost>();
        with_constant<kMost - 1>(count, op);
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
