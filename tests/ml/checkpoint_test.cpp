#include "lacathode/ml/checkpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

TEST(KeptCheckpoints, TenOrAllUnlessANumberIsAskedFor) {
    EXPECT_EQ(kept_checkpoints(0, 100), 10U);
    EXPECT_EQ(kept_checkpoints(0, 3), 3U);
    EXPECT_EQ(kept_checkpoints(4, 3), 4U);  // an error of the options, not of this
}

// Oracle: sort everything, keep the first k.
TEST(BestCheckpoints, AgreesWithSortingAllLosses) {
    RandomStream random(1, "losses");
    for (std::size_t count = 1; count <= 12; ++count) {
        BestCheckpoints best(count);
        std::vector<std::pair<double, std::size_t>> all;
        for (std::size_t epoch = 1; epoch <= 10; ++epoch) {
            const auto loss = static_cast<double>(random.below(5));  // with ties
            all.emplace_back(loss, epoch);
            best.offer(epoch, loss, [] { return NamedArrays{}; });
        }
        std::ranges::sort(all);
        all.resize(std::min(count, all.size()));
        ASSERT_EQ(best.ranked().size(), all.size());
        for (std::size_t rank = 0; rank < all.size(); ++rank) {
            EXPECT_EQ(best.ranked()[rank].validation_loss, all[rank].first);
            EXPECT_EQ(best.ranked()[rank].epoch, all[rank].second);
        }
    }
}

TEST(BestCheckpoints, RefusesWhatItCannotRank) {
    EXPECT_THROW(BestCheckpoints(0), ContractViolation);
    BestCheckpoints best(1);
    EXPECT_THROW(best.offer(1, std::nan(""), [] { return NamedArrays{}; }), ContractViolation);
}

}  // namespace
}  // namespace lacathode
