// Can a classifier tell two samples of events apart? (docs/method.md, section 10)
#pragma once

#include "lacathode/core/matrix.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/rank_sum.hpp"

namespace lacathode {

/// Boosted trees learn from one half of the rows, of which a quarter stops them; the area under the
/// ROC curve is that of the other half. `observed` [N, C] and `sampled` [M, C], rows in random
/// order, N and M at least 8; observed events are the ones with the higher score. If both are
/// independent draws of one distribution, p is at most alpha in at most a fraction alpha of cases.
/// The same numbers for any number of threads. Throws InputError if a value is not finite.
RankSum two_sample_test(const Matrix<float>& observed, const Matrix<float>& sampled, int threads,
                        const RandomStream& stream);

}  // namespace lacathode
