#include "lacathode/stats/independence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"

namespace lacathode {
namespace {

using Classes = std::vector<std::uint32_t>;

// scipy 1.10: chi2_contingency(correction=False) of a table of 3 by 3.
TEST(Independence, AgreesWithAnotherImplementation) {
    const int table[3][3] = {{30, 14, 6}, {12, 25, 13}, {8, 11, 31}};
    Classes a, b;
    for (std::uint32_t i = 0; i < 3; ++i) {
        for (std::uint32_t j = 0; j < 3; ++j) {
            a.insert(a.end(), static_cast<std::size_t>(table[i][j]), i);
            b.insert(b.end(), static_cast<std::size_t>(table[i][j]), j);
        }
    }
    const Independence found = independence(a, b, 3);
    EXPECT_NEAR(found.chi2, 42.959999999999994, 1e-11);
    EXPECT_NEAR(found.p_value, 1.0547531610436008e-08, 1e-10 * 1.0547531610436008e-08);
    EXPECT_NEAR(found.association, 0.3602460009605293, 1e-12);
}

TEST(Independence, OneClassThatFollowsFromTheOtherIsAnAssociationOfOne) {
    Classes a;
    for (std::uint32_t i = 0; i < 100'000; ++i) a.push_back(i % 4);
    EXPECT_NEAR(independence(a, a, 4).association, 1, 1e-4);  // less what chance gives, 3e-5
    EXPECT_EQ(independence(a, a, 4).p_value, 0);
}

TEST(Independence, ClassesOfEqualContent) {
    EXPECT_EQ(equal_content_classes(std::vector<double>{5, 1, 4, 2, 3, 0}, 3),
              (Classes{2, 0, 2, 1, 1, 0}));
    EXPECT_EQ(equal_content_classes(std::vector<double>{7, 7, 7, 7}, 2), (Classes{0, 0, 1, 1}));
}

TEST(Independence, NeedsEventsInEveryClass) {
    EXPECT_THROW((void)independence(Classes{0, 0}, Classes{0, 1}, 2), InputError);
    EXPECT_THROW((void)independence(Classes{0, 2}, Classes{0, 1}, 2), ContractViolation);
    EXPECT_THROW((void)independence(Classes{0, 1}, Classes{0}, 2), ContractViolation);
    EXPECT_THROW((void)independence(Classes{0}, Classes{0}, 1), ContractViolation);
}

struct Pair {
    std::vector<double> a, b;
};

// b has the spread 1 + spread a: no correlation.
Pair events(std::uint64_t index, double spread) {
    RandomStream random = RandomStream(37, "independence").at(index);
    Pair pair;
    for (int i = 0; i < 1000; ++i) {
        pair.a.push_back(random.uniform());
        pair.b.push_back((1 + spread * pair.a.back()) * random.normal());
    }
    return pair;
}

// p of 1000 samples of 1000 events in 5 by 5 cells is uniform with a false-alarm rate of 1e-3, and
// the association is 0 in half of them; a spread that grows with the mass by a half is found.
TEST(Independence, IsCalibratedAndFindsASpread) {
    std::vector<double> unbiased, biased;
    int none = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        for (const double spread : {0.0, 0.5}) {
            const Pair pair = events(i, spread);
            const Independence found =
                independence(equal_content_classes(pair.a, 5), equal_content_classes(pair.b, 5), 5);
            (spread == 0 ? unbiased : biased).push_back(found.p_value);
            if (spread == 0 && found.association == 0) ++none;
        }
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(unbiased).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(biased).p_value, 1e-6);
    // P(chi2 of 16 <= 16) = 0.547; four standard deviations, 0.063: a false-alarm rate of 6e-5.
    EXPECT_NEAR(none, 547, 63);
}

}  // namespace
}  // namespace lacathode
