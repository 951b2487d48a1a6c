#include "lacathode/physics/dijet_features.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

// Two massless jets back to back, transverse: m_jj = 2 pT.
std::vector<double> back_to_back(double pt) {
    return {pt, 0, 0, 0, 0.5, 0.25, 0.1, -pt, 0, 0, 0, 0.4, 0.1, 0.05};
}

DijetFeatures one_event(const std::vector<double>& row, const DijetOptions& options = {}) {
    return dijet_features(Matrix<double>(1, 14, row), options);
}

TEST(DijetFeatures, BackToBackMasslessJets) {
    const auto result = one_event(back_to_back(1500));
    EXPECT_DOUBLE_EQ(result.mass[0], 3.0);
    EXPECT_DOUBLE_EQ(result.features(0, 2), 0.25 / (1e-5 + 0.5));
    EXPECT_DOUBLE_EQ(result.features(0, 3), 0.1 / (1e-5 + 0.4));
}

TEST(DijetFeatures, JetsAreOrderedByMassAndTauFollows) {
    std::vector<double> row = back_to_back(1500);
    row[3] = 500;
    row[10] = 100;
    const auto result = one_event(row);
    EXPECT_DOUBLE_EQ(result.features(0, 0), 0.1);
    EXPECT_DOUBLE_EQ(result.features(0, 1), 0.4);
    EXPECT_DOUBLE_EQ(result.features(0, 2), 0.1 / (1e-5 + 0.4));
    EXPECT_DOUBLE_EQ(result.features(0, 3), 0.25 / (1e-5 + 0.5));
    std::vector<double> swapped(row.begin() + 7, row.end());
    swapped.insert(swapped.end(), row.begin(), row.begin() + 7);
    const auto other = one_event(swapped);
    EXPECT_EQ(other.features, result.features);
    EXPECT_DOUBLE_EQ(other.mass[0], result.mass[0]);
}

TEST(DijetFeatures, MassIsInvariantUnderABoost) {
    RandomStream stream(3, "boost");
    for (int i = 0; i < 200; ++i) {
        std::vector<double> row = back_to_back(1000 + 1000 * stream.uniform());
        row[3] = 300 * stream.uniform();
        row[10] = 300 * stream.uniform();
        row[2] = 500 * stream.normal();
        row[8] = 700 * stream.normal();
        const double before = one_event(row).mass[0];
        const double rapidity = stream.normal();
        for (const std::size_t jet : {0U, 7U}) {
            const double energy =
                std::sqrt(row[jet] * row[jet] + row[jet + 1] * row[jet + 1] +
                          row[jet + 2] * row[jet + 2] + row[jet + 3] * row[jet + 3]);
            row[jet + 2] = std::cosh(rapidity) * row[jet + 2] + std::sinh(rapidity) * energy;
        }
        EXPECT_NEAR(one_event(row).mass[0], before, 1e-12 * before);
    }
}

TEST(DijetFeatures, DeltaRWrapsPhi) {
    std::vector<double> row = back_to_back(1000);
    const double near_pi = std::numbers::pi - 0.1;
    row[0] = 1000 * std::cos(near_pi);
    row[1] = 1000 * std::sin(near_pi);
    row[7] = 1000 * std::cos(-near_pi);
    row[8] = 1000 * std::sin(-near_pi);
    row[9] = 1000 * std::sinh(1.5);
    const auto result = one_event(row, {.features = {"delta_r"}});
    EXPECT_NEAR(result.features(0, 0), std::hypot(1.5, 0.2), 1e-12);
}

TEST(DijetFeatures, UnphysicalRowsHaveNone) {
    Matrix<double> jets(6, 14);
    for (std::size_t row = 0; row < 6; ++row) {
        std::ranges::copy(back_to_back(1500), jets.row(row).begin());
    }
    jets(1, 9) = std::nan("");
    jets(2, 3) = -1;      // far more than the rounding of a massless jet
    jets(3, 10) = -2e-5;  // that rounding: used as it stands
    jets(4, 12) = -0.1;
    jets(5, 0) = 0;  // no transverse momentum
    const auto result = dijet_features(jets);
    const std::vector<std::string_view> unphysical = {"", "pzj2", "mj1", "", "tau2j2", "pxj1"};
    for (std::size_t row = 0; row < jets.rows(); ++row) {
        const auto column = unphysical_column(jets.row(row));
        EXPECT_EQ(column ? lhco_columns()[*column] : "", unphysical[row]) << row;
        EXPECT_EQ(std::isnan(result.mass[row]), column.has_value()) << row;
        EXPECT_EQ(std::isnan(result.features(row, 0)), column.has_value()) << row;
    }
    EXPECT_DOUBLE_EQ(result.mass[3], 3.0);
    EXPECT_DOUBLE_EQ(result.features(3, 0), -2e-8);
}

TEST(DijetFeatures, NamesAndUnits) {
    EXPECT_THAT(available_features(),
                testing::ElementsAre(Column{"m_j1", "TeV"}, Column{"delta_m", "TeV"},
                                     Column{"tau21_j1", "1"}, Column{"tau21_j2", "1"},
                                     Column{"delta_r", "1"}));
    const auto result = one_event(back_to_back(1000), {.features = {"delta_r", "m_j1"}});
    EXPECT_DOUBLE_EQ(result.features(0, 0), std::numbers::pi);
    EXPECT_EQ(result.features(0, 1), 0);
    EXPECT_THROW(one_event(back_to_back(1), {.features = {"m_j3"}}), ContractViolation);
    EXPECT_THROW(dijet_features(Matrix<double>(1, 13)), ContractViolation);
}

}  // namespace
}  // namespace lacathode
