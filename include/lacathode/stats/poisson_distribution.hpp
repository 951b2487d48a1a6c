// The Poisson distribution.
#pragma once

#include <cstdint>

#include "lacathode/core/random.hpp"

namespace lacathode {

/// A number of events of that mean, >= 0 and finite.
std::uint64_t poisson(double mean, RandomStream& stream);

/// n ln(mean) - mean, the log-likelihood without ln(n!). 0 ln 0 = 0; -inf if mean < 0, or
/// mean = 0 and n > 0.
double poisson_log_likelihood(double n, double mean);

}  // namespace lacathode
