#include "lacathode/core/feature_box.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

bool contains(const FeatureBox& box, std::vector<float> x) {
    return box.contains(x);
}

TEST(FeatureBox, IsOpenInEveryFeature) {
    const FeatureBox box({0, -1}, {1, 2});
    EXPECT_TRUE(contains(box, {0.5F, 1.5F}));
    EXPECT_TRUE(contains(box, {std::nextafter(0.0F, 1.0F), std::nextafter(2.0F, 0.0F)}));
    for (const float outside : {0.0F, 1.0F, -0.5F, 7.0F, std::nanf(""), HUGE_VALF}) {
        EXPECT_FALSE(contains(box, {outside, 1.5F})) << outside;
    }
    EXPECT_FALSE(contains(box, {0.5F, 2.0F}));
    EXPECT_THROW((void)contains(box, {0.5F}), ContractViolation);
}

TEST(FeatureBox, RefusesAnImpossibleOne) {
    EXPECT_THROW(FeatureBox({}, {}), InputError);
    EXPECT_THROW(FeatureBox({0}, {1, 2}), InputError);
    EXPECT_THROW(FeatureBox({0, 1}, {1, 1}), InputError);
    EXPECT_THROW(FeatureBox({std::nan("")}, {1}), InputError);
    EXPECT_THROW(FeatureBox({0}, {std::numeric_limits<double>::infinity()}), InputError);
}

}  // namespace
}  // namespace lacathode
