// The standard normal distribution.
#pragma once

namespace lacathode {

/// P(Z >= z), to the underflow of float64: the p-value of a one-sided significance z.
double normal_survival(double z);
/// P(Z >= z) over the density at z, z >= 0: finite where both underflow (Mills' ratio).
double mills_ratio(double z);
/// The z with P(Z >= z) = p, 0 < p < 1: the significance of a one-sided p-value.
double significance_of(double p);

}  // namespace lacathode
