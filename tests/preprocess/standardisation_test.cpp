#include "lacathode/preprocess/standardisation.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

TEST(Standardisation, MeanAndUnbiasedStd) {
    const Matrix<float> x(3, 2, std::vector<float>{1, 10, 2, 10, 6, 40});
    const auto standardisation = Standardisation::fit(x);
    EXPECT_EQ(standardisation.constants().mean, (std::vector<double>{3, 20}));
    EXPECT_NEAR(standardisation.constants().std[0], std::sqrt(7.0), 1e-15);
    EXPECT_NEAR(standardisation.constants().std[1], std::sqrt(300.0), 1e-14);
    const Matrix<float> y = standardisation.forward(x);
    EXPECT_FLOAT_EQ(y(2, 0), static_cast<float>(3 / std::sqrt(7.0)));
    EXPECT_FLOAT_EQ(y(0, 1), static_cast<float>(-10 / std::sqrt(300.0)));
}

// Sums in float32, or of squares, would lose the spread altogether.
TEST(Standardisation, KeepsASmallSpreadOnALargeMean) {
    Matrix<float> x(100'000, 1);
    for (std::size_t row = 0; row < x.rows(); ++row) x(row, 0) = row % 2 == 0 ? 1e6F : 1e6F + 0.25F;
    const auto constants = Standardisation::fit(x).constants();
    EXPECT_NEAR(constants.mean[0], 1e6 + 0.125, 1e-6);
    EXPECT_NEAR(constants.std[0], 0.125 * std::sqrt(1e5 / (1e5 - 1)), 1e-9);
}

TEST(Standardisation, RefusesBadInput) {
    EXPECT_THROW(Standardisation::fit(Matrix<float>(1, 1)), InputError);
    EXPECT_THAT([] { Standardisation::fit(Matrix<float>(3, 1, 2.F)); },
                testing::ThrowsMessage<InputError>(
                    testing::HasSubstr("column 0 (from 0) is the constant 2")));
    EXPECT_THROW(Standardisation::fit(Matrix<float>(2, 1, std::vector<float>{1, NAN})), InputError);
    EXPECT_THROW(Standardisation({{0}, {-1}}), InputError);
    EXPECT_THROW(Standardisation({{0, 1}, {1}}), InputError);
    EXPECT_THROW((void)Standardisation({{0}, {1}}).forward(Matrix<float>(1, 2)), ContractViolation);
}

}  // namespace
}  // namespace lacathode
