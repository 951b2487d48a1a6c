#include "ml/trees/fixed_point.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode::ml::trees {

FixedPoint::FixedPoint(std::size_t events, float largest_weight) {
    const int event_bits = static_cast<int>(std::bit_width(events));
    expects(event_bits <= 27 && largest_weight >= 1e-20F && largest_weight <= 1e20F,
            "events and weights that fixed-point sums are possible for");
    events_shift_ = 64 - event_bits;
    hessian_mask_ = one_event() - 1;
    // largest_weight < 2^exponent; a gradient is at most that, a hessian at most a quarter of it.
    const int exponent = std::ilogb(largest_weight) + 1;
    const int gradient_bits = 30 - exponent;
    const int hessian_bits = std::min(28, 64 - 2 * event_bits) - (exponent - 2);
    gradient_factor_ = std::ldexp(1.0F, gradient_bits);
    hessian_factor_ = std::ldexp(1.0F, hessian_bits);
    gradient_unit_ = std::ldexp(1.0, -gradient_bits);
    hessian_unit_ = std::ldexp(1.0, -hessian_bits);
}

}  // namespace lacathode::ml::trees
