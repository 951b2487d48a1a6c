// Adam (Kingma and Ba 2014) with the L2 term in the gradient, operation by operation as PyTorch:
// docs/engine.md (19) and (20).
#if defined(LACATHODE_ENGINE_ADAM_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_ADAM_INL
#undef LACATHODE_ENGINE_ADAM_INL
#else
#define LACATHODE_ENGINE_ADAM_INL
#endif

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// A step's constants in registers.
struct AdamVectors {
    Vector step_size, root_correction, beta1, rest1, beta2, rest2, epsilon, decay;

    explicit HWY_INLINE AdamVectors(const AdamStep& step)
        : step_size(broadcast(step.step_size)),
          root_correction(broadcast(step.root_correction)),
          beta1(broadcast(step.beta1)),
          rest1(broadcast(step.rest1)),
          beta2(broadcast(step.beta2)),
          rest2(broadcast(step.rest2)),
          epsilon(broadcast(step.epsilon)),
          decay(broadcast(step.weight_decay)) {}

    /// Updates one vector of parameters and of both moments.
    HWY_INLINE void update(Vector gradient, float* parameters, float* first_moment,
                           float* second_moment) const {
        const Vector p = hn::Load(tag, parameters);
        const Vector g = hn::MulAdd(decay, p, gradient);
        const Vector m = hn::MulAdd(beta1, hn::Load(tag, first_moment), hn::Mul(rest1, g));
        const Vector v =
            hn::MulAdd(beta2, hn::Load(tag, second_moment), hn::Mul(rest2, hn::Mul(g, g)));
        const Vector denominator = hn::MulAdd(hn::Sqrt(v), root_correction, epsilon);
        hn::Store(m, tag, first_moment);
        hn::Store(v, tag, second_moment);
        hn::Store(hn::NegMulAdd(step_size, hn::Div(m, denominator), p), tag, parameters);
    }
};

void adam(const AdamStep& step, const AdamArrays& arrays, const float* gradient,
          std::size_t count) {
    const AdamVectors constants(step);
    for (std::size_t i = 0; i < count; i += lanes) {
        constants.update(hn::Load(tag, gradient + i), arrays.parameters + i,
                         arrays.first_moment + i, arrays.second_moment + i);
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
