// The vector of the instruction set being compiled, and the panel made of two of them.
// Included once for every instruction set, hence no ordinary guard.
#if defined(LACATHODE_ENGINE_VECTOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_VECTOR_INL
#undef LACATHODE_ENGINE_VECTOR_INL
#else
#define LACATHODE_ENGINE_VECTOR_INL
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;
inline constexpr Tag tag;
inline constexpr std::size_t lanes = hn::MaxLanes(Tag());
inline constexpr std::size_t panel = 2 * lanes;

/// Row `index` of an array [rows, panel].
template <class Float>
HWY_INLINE Float* row_at(Float* array, std::size_t index) {
    return array + index * panel;
}

HWY_INLINE Vector broadcast(float value) {
    return hn::Set(tag, value);
}

/// One row of a panel. Its constructors are spelled out because GCC makes implicit ones for the
/// compiler's basic instruction set, where those of Arm's vectors cannot be inlined.
struct PanelRow {
    HWY_INLINE PanelRow() {}
    HWY_INLINE PanelRow(Vector first, Vector second) : low(first), high(second) {}
    Vector low;
    Vector high;
};

HWY_INLINE PanelRow load_row(const float* HWY_RESTRICT row) {
    return {hn::Load(tag, row), hn::Load(tag, row + lanes)};
}
HWY_INLINE void store_row(const PanelRow& value, float* HWY_RESTRICT row) {
    hn::Store(value.low, tag, row);
    hn::Store(value.high, tag, row + lanes);
}

/// Zero from lane `events` on.
HWY_INLINE PanelRow first_events(const PanelRow& value, std::size_t events) {
    const std::size_t rest = events > lanes ? events - lanes : 0;
    return {hn::IfThenElseZero(hn::FirstN(tag, events < lanes ? events : lanes), value.low),
            hn::IfThenElseZero(hn::FirstN(tag, rest < lanes ? rest : lanes), value.high)};
}

HWY_INLINE float sum_of(const PanelRow& value) {
    return hn::GetLane(hn::SumOfLanes(tag, hn::Add(value.low, value.high)));
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
