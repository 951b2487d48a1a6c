// The gamma distribution: shape k > 0, scale theta > 0, mean k theta, variance k theta^2.
#pragma once

namespace lacathode {

/// P(X >= x): regularised upper incomplete gamma function Q(k, x / theta), relative accuracy 1e-10
/// for shapes from 1e-4 to 2e4, down to the underflow of float64.
double gamma_survival(double x, double shape, double scale);

/// P(X >= chi2) of the chi2 distribution, which is a gamma distribution.
double chi2_survival(double chi2, double degrees_of_freedom);

/// ln P(X <= x), relative accuracy 1e-10 for x up to k theta, where P itself would underflow too.
double log_gamma_cumulative(double x, double shape, double scale);

/// The x with P(X <= x) = probability, 0 < probability < 1.
double gamma_quantile(double probability, double shape, double scale);

}  // namespace lacathode
