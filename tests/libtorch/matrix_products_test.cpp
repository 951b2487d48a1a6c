#include "libtorch/kernels/matrix_products.cuh"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "lacathode/core/random.hpp"

namespace lacathode::kernels {
namespace {

bool is_tf32(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    return (bits & 0x1fffU) == 0;
}

// To 2^-24 of themselves (rms). A sum of many such products has float32's error then, if their
// errors have no sign in common.
TEST(Split, ThreeProductsAreNearlyExactAndUnbiased) {
    RandomStream random(1, "split");
    constexpr int count = 100'000;
    double sum = 0;
    double largest = 0;
    for (int i = 0; i < count; ++i) {
        const auto a = static_cast<float>(1 + random.uniform());
        const auto b = static_cast<float>(1 + random.uniform());
        const Split of_a(a);
        const Split of_b(b);
        ASSERT_TRUE(is_tf32(of_a.high) && is_tf32(of_a.low));
        const double product = double{of_a.low} * double{of_b.high} +
                               double{of_a.high} * double{of_b.low} +
                               double{of_a.high} * double{of_b.high};
        const double exact = double{a} * double{b};
        sum += product / exact - 1;
        largest = std::max(largest, std::abs(product / exact - 1));
    }
    EXPECT_LT(std::abs(sum / count), 2e-9);
    EXPECT_LT(largest, 6e-7);
}

TEST(Split, WhatIsNotFiniteStaysSo) {
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        const Split split(value);
        EXPECT_FALSE(std::isfinite(split.high + split.low));
    }
    EXPECT_EQ(Split(0.0F).high, 0.0F);
    EXPECT_EQ(Split(-1.0F).high, -1.0F);
    EXPECT_EQ(Split(-1.0F).low, 0.0F);
}

}  // namespace
}  // namespace lacathode::kernels
