// The interval of a probability that was counted.
#pragma once

#include <cstddef>

namespace lacathode {

struct BinomialInterval {
    double low;
    double high;
};
/// Clopper and Pearson's central interval of the probability of which k of n came out, n above 0:
/// its ends have P(X >= k | low) and P(X <= k | high) of (1 - level) / 2 each, 0 of none and 1 of
/// all; so it covers at least with the probability `level`, 0 < level < 1. Absolute accuracy 1e-12.
BinomialInterval binomial_interval(std::size_t k, std::size_t n, double level = 0.6827);

}  // namespace lacathode
