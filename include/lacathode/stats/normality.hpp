// Does a coordinate follow N(0, 1)? (docs/method.md, section 10)
#pragma once

#include <cstdint>
#include <span>

namespace lacathode {

struct Normality {
    std::int64_t events = 0;
    double mean = 0;
    double variance = 0;  ///< unbiased
    double distance = 0;  ///< of the distribution functions, (10.1)
    double p_value = 1;   ///< of that distance: Kolmogorov-Smirnov's test
};

/// `z` [N]. Throws InputError if a value is NaN or there are fewer than two.
Normality normality(std::span<const float> z);

}  // namespace lacathode
