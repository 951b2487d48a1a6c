#include "libtorch/kernels/matrix_products.cuh"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

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
    const auto nan_of_gpus = std::bit_cast<float>(0x7fffffffU);
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN(),
          std::numeric_limits<float>::infinity(), nan_of_gpus})
        EXPECT_FALSE(std::isfinite(Split(value).high));
    EXPECT_EQ(Split(0.0F).high, 0.0F);
    EXPECT_EQ(Split(-1.0F).high, -1.0F);
    EXPECT_EQ(Split(-1.0F).low, 0.0F);
}

// A chain of float32 additions has 2e-7 (rms), TF32 without the low parts 3e-4.
TEST(AddProduct, HasFloat32sPrecision) {
    constexpr int terms = 128;
    constexpr int products = 200;
    RandomStream random(2, "products");
    std::vector<float> a(std::size_t{16} * terms);
    std::vector<float> b(std::size_t{8} * terms);
    double sum = 0;
    double sum_of_squares = 0;
    double squared_size = 0;
    for (int product = 0; product < products; ++product) {
        for (float& value : a) value = static_cast<float>(random.normal());
        for (float& value : b) value = static_cast<float>(random.normal());
        for (int thread = 0; thread < 32; ++thread) {
            const Lane lane(thread);
            float result[1][1][4];
            set_zero(result);
            add_product<Terms::neighbours>(
                lane, 0, terms, [&](int i, int k) { return a[i * terms + k]; },
                [&](int k, int j) { return b[k * 8 + j]; }, result);
            for (int q = 0; q < 4; ++q) {
                double exact = 0;
                for (int k = 0; k < terms; ++k)
                    exact += double{a[lane.row(q) * terms + k]} * double{b[k * 8 + lane.column(q)]};
                const double error = result[0][0][q] - exact;
                sum += exact > 0 ? error : -error;
                sum_of_squares += error * error;
                squared_size += exact * exact;
            }
        }
    }
    constexpr int count = products * 16 * 8;
    const double size = std::sqrt(squared_size / count);
    EXPECT_LT(std::sqrt(sum_of_squares / count), 2e-7 * size);
    EXPECT_LT(std::abs(sum / count), 1e-8 * size);
}

}  // namespace
}  // namespace lacathode::kernels
