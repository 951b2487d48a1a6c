// Loss, gradient and hessian of the cross entropy, many events at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ml/trees/fixed_point.hpp"

namespace lacathode::ml::trees {

/// Events of a block: every sum of losses is one of such blocks first, so that it does not depend
/// on who computes which.
constexpr std::size_t block_events = 512;

struct BlockGradient {
    alignas(64) std::array<std::int32_t, block_events> gradient;  ///< eq. (1), in units of `scale`
    alignas(64) std::array<std::int32_t, block_events> hessian;   ///< eq. (2), in units of `scale`
};

/// Sum over up to block_events events of weight * BCE, and their gradients in `result`.
/// `logit` [n]; `signed_weight` [n]: the weight, negative for background.
double differentiate(std::span<const float> logit, std::span<const float> signed_weight,
                     const FixedPoint& scale, BlockGradient& result);

/// The sum alone.
double loss_sum(std::span<const float> logit, std::span<const float> signed_weight);

}  // namespace lacathode::ml::trees
