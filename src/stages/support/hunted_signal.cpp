#include "lacathode/stages/support/hunted_signal.hpp"

#include <limits>

namespace lacathode {

double HuntedSignal::p_value() const {
    if (by_toys) return by_toys->p_value;
    return excess ? excess->p_value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace lacathode
