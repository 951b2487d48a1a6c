#include "support/gaussianity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

Matrix<float> normals(std::size_t rows, std::uint64_t index, double shift) {
    RandomStream stream = RandomStream(17, "normals").at(index);
    Matrix<float> z(rows, 2);
    for (std::size_t row = 0; row < rows; ++row) {
        z(row, 0) = static_cast<float>(stream.normal());
        z(row, 1) = static_cast<float>(stream.normal() + shift);
    }
    return z;
}

// p-values of 1000 samples of 50 values are uniform: false-alarm rate 1e-3 (fixed seed). The biased
// twin, shifted by a third of a standard deviation, must fail.
TEST(Gaussianity, CalibratedAndSensitive) {
    std::vector<double> unbiased;
    std::vector<double> biased;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const auto columns = gaussianity(normals(50, i, 0.33));
        unbiased.push_back(columns[0].p_value);
        biased.push_back(columns[1].p_value);
    }
    EXPECT_GT(kolmogorov_smirnov_uniform(unbiased).p_value, 1e-3);
    EXPECT_LT(kolmogorov_smirnov_uniform(biased).p_value, 1e-6);
}

TEST(Gaussianity, LeavesOutRowsThatAreNotMapped) {
    Matrix<float> z = normals(1000, 0, 0);
    z(7, 0) = NAN;
    std::vector<std::uint8_t> mapped(1000, 1);
    EXPECT_THROW(gaussianity(z, mapped), InputError);
    mapped[7] = 0;
    EXPECT_EQ(gaussianity(z, mapped)[0].events, 999U);
    EXPECT_THROW(gaussianity(z, std::vector<std::uint8_t>(1000, 0)), InputError);
}

}  // namespace
}  // namespace lacathode
