#include "lacathode/stats/normality.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"

namespace lacathode {
namespace {

std::vector<float> normals(std::size_t count, std::uint64_t index, double mean, double width) {
    RandomStream random = RandomStream(31, "normality").at(index);
    std::vector<float> z;
    for (std::size_t i = 0; i < count; ++i)
        z.push_back(static_cast<float>(mean + width * random.normal()));
    return z;
}

// scipy 1.10: mean, var(ddof=1), kstest of the same float32 values.
TEST(Normality, AgreesWithAnotherImplementation) {
    const Normality found =
        normality(std::vector<float>{-1.5F, -0.7F, -0.2F, 0.1F, 0.4F, 0.9F, 1.2F, 2.5F});
    EXPECT_EQ(found.events, 8);
    EXPECT_NEAR(found.mean, 0.3375000050291419, 1e-12);
    EXPECT_NEAR(found.variance, 1.5055357191339138, 1e-12);
    EXPECT_NEAR(found.distance, 0.19093986830927379, 1e-12);
}

// p of 1000 samples of 100 events: uniform with a false-alarm rate of 1e-3. A mean of 0.3 and a
// width of 1.4 are not.
TEST(Normality, IsCalibratedAndFindsShiftsAndWidths) {
    std::vector<double> unbiased, shifted, wide;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        unbiased.push_back(normality(normals(100, i, 0, 1)).p_value);
        shifted.push_back(normality(normals(100, i, 0.3, 1)).p_value);
        wide.push_back(normality(normals(100, i, 0, 1.4)).p_value);
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(unbiased).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(shifted).p_value, 1e-6);
    EXPECT_LT(kolmogorov_smirnov_uniform(wide).p_value, 1e-6);
}

TEST(Normality, NeedsEventsWithAValue) {
    EXPECT_THROW((void)normality(std::vector<float>{1.0F}), InputError);
    EXPECT_THROW((void)normality(std::vector<float>{1.0F, NAN}), InputError);
}

}  // namespace
}  // namespace lacathode
