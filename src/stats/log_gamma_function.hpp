// The logarithm of the gamma function, safe in several threads.
#pragma once

namespace lacathode::stats::detail {

/// ln Gamma(x), x > 0: absolute accuracy 1e-14 below x = 10, relative accuracy 1e-15 beyond.
/// std::lgamma writes the sign into one variable of the whole program, which threads then share.
double log_gamma_function(double x);

}  // namespace lacathode::stats::detail
