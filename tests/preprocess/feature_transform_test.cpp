#include "lacathode/preprocess/feature_transform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "support/golden.hpp"

namespace lacathode {
namespace {

using test::GoldenArray;
using test::GoldenFile;

// Columns of the golden events: mass, four features, label.
Matrix<float> golden_features(const GoldenArray& events) {
    Matrix<float> x(events.shape[0], 4);
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < 4; ++col) {
            x(row, col) = static_cast<float>(events.values[row * 6 + 1 + col]);
        }
    }
    return x;
}

// The reference works in float32: u is off by at most 2^-23, so t by 2^-23 / (u (1 - u) std), and
// by 1e-6 for the reference's sums over 4000 events.
void expect_golden(const FeatureTransform& transform, const GoldenFile& file,
                   const std::string& sample) {
    const auto result = transform.forward(golden_features(file.array(sample)));
    const GoldenArray expected = file.array(sample + "_transformed");
    const GoldenArray kept = file.array(sample + "_kept");
    std::size_t golden_row = 0;
    for (std::size_t row = 0; row < result.mapped.size(); ++row) {
        ASSERT_EQ(result.mapped[row] != 0, kept.values[row] != 0) << sample << " row " << row;
        if (result.mapped[row] == 0) continue;
        for (std::size_t col = 0; col < 4; ++col) {
            const double t = result.y(row, col);
            const auto& constants = transform.constants();
            const double slope = std::cosh((t * constants.std[col] + constants.mean[col]) / 2);
            const double tolerance = 0x1p-23 * 4 * slope * slope / constants.std[col] + 1e-6;
            EXPECT_NEAR(t, expected.values[golden_row * 4 + col], tolerance) << row << ' ' << col;
        }
        ++golden_row;
    }
    EXPECT_EQ(golden_row, expected.shape[0]);
}

TEST(FeatureTransform, AgreesWithTheReference) {
    const GoldenFile file("preprocessing.h5");
    const auto transform = FeatureTransform::fit(golden_features(file.array("train")));
    const auto& constants = transform.constants();
    EXPECT_EQ(constants.min, file.array("min").values);
    EXPECT_EQ(constants.max, file.array("max").values);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(constants.mean[i], file.array("mean").values[i], 1e-6);
        EXPECT_NEAR(constants.std[i], file.array("std").values[i], 1e-6);
    }
    expect_golden(transform, file, "train");
    expect_golden(transform, file, "other");
}

Matrix<float> random_features(std::size_t rows, std::size_t cols) {
    RandomStream stream(11, "features");
    Matrix<float> x(rows, cols);
    for (float& value : x.values()) value = static_cast<float>(stream.normal());
    return x;
}

TEST(FeatureTransform, InverseUndoesForwardAndLogJacobiansCancel) {
    const Matrix<float> x = random_features(5000, 3);
    const auto transform = FeatureTransform::fit(x);
    const auto forward = transform.forward(x);
    const auto inverse = transform.inverse(forward.y);
    for (std::size_t row = 0; row < x.rows(); ++row) {
        if (forward.mapped[row] == 0) continue;
        for (std::size_t col = 0; col < 3; ++col) {
            // y is rounded to float32: |dy| <= 2^-24 |y|, and |dx/dy| <= range std / 4 < 3.
            EXPECT_NEAR(inverse.x(row, col), x(row, col), 3e-6);
        }
        EXPECT_NEAR(inverse.log_jacobian[row], -forward.log_jacobian[row], 1e-5);
    }
}

TEST(FeatureTransform, LogJacobianIsTheDerivative) {
    const FeatureTransform transform({{-2}, {3}, {0.3}, {1.7}});
    const double x = 0.625;
    const double step = 0x1p-7;
    const Matrix<float> points(3, 1, std::vector<float>{0.625F, 0.6328125F, 0.6171875F});
    const auto result = transform.forward(points);
    const double slope = (result.y(1, 0) - result.y(2, 0)) / (2 * step);
    EXPECT_NEAR(std::exp(result.log_jacobian[0]), slope, 1e-4 * slope);
    EXPECT_NEAR(result.log_jacobian[0], std::log(5.0 / ((x + 2) * (3 - x) * 1.7)), 1e-14);
}

TEST(FeatureTransform, MapsOnlyTheOpenBox) {
    const FeatureTransform transform({{0, 0}, {1, 1}, {0, 0}, {1, 1}});
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const Matrix<float> x(6, 2,
                          std::vector<float>{0.5F, 0.5F, 0, 0.5F, 0.5F, 1, -1, 0.5F, nan, 0.5F,
                                             0x1.fffffep-1F, 0x1p-140F});
    const auto result = transform.forward(x);
    EXPECT_THAT(result.mapped, testing::ElementsAre(1, 0, 0, 0, 0, 1));
    for (const std::size_t row : {1, 2, 3, 4}) {
        EXPECT_TRUE(std::isnan(result.y(row, 0)) && std::isnan(result.y(row, 1)));
        EXPECT_TRUE(std::isnan(result.log_jacobian[row]));
    }
    EXPECT_TRUE(std::isfinite(result.y(5, 0)) && std::isfinite(result.y(5, 1)));
}

TEST(FeatureTransform, InverseStaysInTheBoxFarOut) {
    const FeatureTransform transform({{-1}, {2}, {0}, {1}});
    const auto result = transform.inverse(Matrix<float>(2, 1, std::vector<float>{-900, 900}));
    EXPECT_EQ(result.x(0, 0), -1);
    EXPECT_EQ(result.x(1, 0), 2);
    EXPECT_NEAR(result.log_jacobian[0], std::log(3.0) - 900, 1e-9);
    EXPECT_NEAR(result.log_jacobian[1], std::log(3.0) - 900, 1e-9);
}

// An event just outside the fitted range: left out of the papers' box, inside one with a margin.
TEST(FeatureTransform, AMarginWidensTheBoxByAFractionOfTheRange) {
    const Matrix<float> x = random_features(500, 2);
    const auto papers = FeatureTransform::fit(x);
    const auto wide = FeatureTransform::fit(x, 0.25);
    Matrix<float> outside(1, 2, 0.0F);
    for (std::size_t i = 0; i < 2; ++i) {
        const double low = papers.constants().min[i];
        const double high = papers.constants().max[i];
        EXPECT_DOUBLE_EQ(wide.constants().min[i], low - 0.25 * (high - low));
        EXPECT_DOUBLE_EQ(wide.constants().max[i], high + 0.25 * (high - low));
        outside(0, i) = static_cast<float>(high + 0.2 * (high - low));
    }
    EXPECT_EQ(papers.forward(outside).mapped.front(), 0);
    const auto forward = wide.forward(outside);
    EXPECT_EQ(forward.mapped.front(), 1);
    EXPECT_NEAR(wide.inverse(forward.y).x(0, 0), outside(0, 0), 1e-5);
    // Every fitted event lies inside, the extremes too, so all enter mean and std.
    const auto fitted = wide.forward(x);
    EXPECT_EQ(std::ranges::count(fitted.mapped, 1), 500);
    double sum = 0;
    for (std::size_t row = 0; row < x.rows(); ++row) sum += static_cast<double>(fitted.y(row, 0));
    EXPECT_NEAR(sum / 500, 0, 1e-6);  // float32 values of order one
    EXPECT_EQ(FeatureTransform::fit(x, 0).constants(), papers.constants());
}

template <class Call>
std::string input_error(Call call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.what();
    }
    return "no InputError";
}

TEST(FeatureTransform, RefusesWhatItCannotFit) {
    using testing::HasSubstr;
    const Matrix<float> constant(4, 2, std::vector<float>{1, 7, 2, 7, 3, 7, 4, 7});
    EXPECT_THAT(input_error([&] { FeatureTransform::fit(constant); }),
                HasSubstr("feature 1 is the constant 7"));
    const Matrix<float> bad(2, 1, std::vector<float>{1, INFINITY});
    EXPECT_THAT(input_error([&] { FeatureTransform::fit(bad); }), HasSubstr("inf in row 1"));
    const Matrix<float> few(3, 1, std::vector<float>{1, 2, 3});
    EXPECT_THAT(input_error([&] { FeatureTransform::fit(few); }), HasSubstr("only 1 of 3"));
    const Matrix<float> three_values(4, 2, std::vector<float>{1, 0, 2, 1, 3, 1, 4, 2});
    EXPECT_THAT(input_error([&] { FeatureTransform::fit(three_values); }),
                HasSubstr("feature 1 (from 0) has one value only between its extremes"));
    EXPECT_THAT(input_error([] { FeatureTransform::fit(Matrix<float>(0, 2)); }),
                HasSubstr("no events"));
    EXPECT_THAT(input_error([] {
                    FeatureTransform({{0}, {0}, {0}, {1}});
                }),
                HasSubstr("not below max"));
    EXPECT_THAT(input_error([] { FeatureTransform({{0}, {1}, {0}, {0}}); }), HasSubstr("> 0"));
    EXPECT_THAT(input_error([] {
                    FeatureTransform({{0}, {1, 2}, {0}, {1}});
                }),
                HasSubstr("1 lower and 2 upper edges"));
    EXPECT_THAT(input_error([] {
                    FeatureTransform({{0}, {1}, {0, 1}, {1}});
                }),
                HasSubstr("2 values for 1"));
    EXPECT_THROW(FeatureTransform({{0}, {1}, {0}, {1}}).forward(Matrix<float>(1, 2)),
                 ContractViolation);
}

}  // namespace
}  // namespace lacathode
