// One p-value of several tests (docs/method.md, section 10).
#pragma once

#include <span>

namespace lacathode {

/// min(1, k min p) of k p-values, (10.5): Bonferroni's, the first step of Holm's procedure. If each
/// p is at most alpha with probability at most alpha under its null hypothesis, so is this one
/// where all hold, however the tests depend on one another. NaN of none, and where one is NaN.
double combined_p_value(std::span<const double> p_values);

}  // namespace lacathode
