// Adam (Kingma and Ba 2014) with the L2 term in the gradient, operation by operation as PyTorch.
#if defined(LACATHODE_ENGINE_ADAM_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_ADAM_INL
#undef LACATHODE_ENGINE_ADAM_INL
#else
#define LACATHODE_ENGINE_ADAM_INL
#endif

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::detail::HWY_NAMESPACE {

void adam(const AdamStep& step, const AdamArrays& arrays, const AdamRows& rows) {
    const Vector beta1 = broadcast(step.beta1);
    const Vector rest1 = broadcast(step.rest1);
    const Vector beta2 = broadcast(step.beta2);
    const Vector rest2 = broadcast(step.rest2);
    const Vector root_correction = broadcast(step.root_correction);
    const Vector epsilon = broadcast(step.epsilon);
    const Vector step_size = broadcast(step.step_size);
    const Vector decay = broadcast(step.weight_decay);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::size_t begin = rows.offset + row * rows.stride;
        for (std::size_t i = begin; i < begin + rows.count; i += lanes) {
            const Vector p = hn::Load(tag, arrays.parameters + i);
            const Vector g = hn::MulAdd(decay, p, hn::Load(tag, arrays.gradient + i));
            const Vector m =
                hn::MulAdd(beta1, hn::Load(tag, arrays.first_moment + i), hn::Mul(rest1, g));
            const Vector v = hn::MulAdd(beta2, hn::Load(tag, arrays.second_moment + i),
                                        hn::Mul(rest2, hn::Mul(g, g)));
            const Vector denominator = hn::MulAdd(hn::Sqrt(v), root_correction, epsilon);
            hn::Store(m, tag, arrays.first_moment + i);
            hn::Store(v, tag, arrays.second_moment + i);
            hn::Store(hn::NegMulAdd(step_size, hn::Div(m, denominator), p), tag,
                      arrays.parameters + i);
        }
    }
}

}  // namespace lacathode::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
