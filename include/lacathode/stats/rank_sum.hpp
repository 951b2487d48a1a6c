// Do two samples have the same scores? Mann-Whitney's test (docs/method.md, section 10).
#pragma once

#include "lacathode/stats/roc.hpp"

namespace lacathode {

struct RankSum {
    double area = 0.5;   ///< under the ROC curve; equal scores count half
    double z_score = 0;  ///< (area - 1/2) / its standard deviation under (10.4)
    double p_value = 1;  ///< one-sided: of at least that area; 1 if all scores are equal
};

/// Every event has a score. The null hypothesis: both classes have one distribution of scores; the
/// normal approximation is good to 1e-3 from 20 events a class on.
RankSum rank_sum_test(const RocCurve& roc);

}  // namespace lacathode
