// exp for vectors of float, right for every argument.
#if defined(LACATHODE_ENGINE_EXPONENTIAL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_EXPONENTIAL_INL
#undef LACATHODE_ENGINE_EXPONENTIAL_INL
#else
#define LACATHODE_ENGINE_EXPONENTIAL_INL
#endif

#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// 2^n for integral n in [-126, 127].
HWY_INLINE Vector power_of_two(Vector n) {
    const hn::RebindToSigned<Tag> integers;
    const auto exponent = hn::Add(hn::ConvertTo(integers, n), hn::Set(integers, 127));
    return hn::BitCast(tag, hn::ShiftLeft<23>(exponent));
}

/// exp(x), relative error below 2e-7; 0 and infinity beyond float's range, NaN for NaN.
/// x = n ln 2 + r, |r| <= ln(2) / 2, exp(r) by its Taylor polynomial of degree 7, and 2^n in two
/// factors, so that neither overflows before the product does.
HWY_INLINE Vector exponential(Vector x) {
    const Vector low = broadcast(-104.0F);
    const Vector high = broadcast(89.0F);
    const Vector inside = hn::Min(hn::Max(x, low), high);
    const Vector n = hn::Round(hn::Mul(inside, broadcast(1.44269504F)));
    Vector r = hn::NegMulAdd(n, broadcast(0.693145752F), inside);  // ln 2 in two parts
    r = hn::NegMulAdd(n, broadcast(1.42860677e-6F), r);
    Vector p = broadcast(1.0F / 5040);
    p = hn::MulAdd(p, r, broadcast(1.0F / 720));
    p = hn::MulAdd(p, r, broadcast(1.0F / 120));
    p = hn::MulAdd(p, r, broadcast(1.0F / 24));
    p = hn::MulAdd(p, r, broadcast(1.0F / 6));
    p = hn::MulAdd(p, r, broadcast(0.5F));
    p = hn::MulAdd(p, r, broadcast(1.0F));
    p = hn::MulAdd(p, r, broadcast(1.0F));
    const Vector half = hn::Floor(hn::Mul(n, broadcast(0.5F)));
    const Vector result = hn::Mul(hn::Mul(p, power_of_two(half)), power_of_two(hn::Sub(n, half)));
    return hn::IfThenElse(hn::Eq(x, x), result, x);
}

HWY_INLINE PanelRow exponential(const PanelRow& x) {
    return {exponential(x.low), exponential(x.high)};
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
