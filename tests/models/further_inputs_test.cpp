// What stands behind the features of a classifier, column by column.
#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "lacathode/models/further_inputs.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t events_count = 20'000;

EventTable events() {
    EventTable table;
    table.mass_column = {"m_jj", "TeV"};
    table.feature_columns = {{"x", "GeV"}, {"y", "1"}};
    table.features = Matrix<float>(events_count, 2);
    std::iota(table.features.values().begin(), table.features.values().end(), 0.0F);
    for (std::size_t row = 0; row < events_count; ++row) {
        table.mass.push_back(3 + 1e-4 * static_cast<double>(row));
        table.source_row.push_back(static_cast<std::int64_t>(7 * row));
    }
    table.partition.assign(events_count, Partition::training);
    return table;
}

const FurtherInputs only_noise{.inputs = {FurtherInput::noise}, .noise_seed = 17};

std::vector<double> noise_of(const FurtherInputs& further, const EventTable& table,
                             ClassifierRole role = ClassifierRole::data) {
    const EventTable all = further.added_to(table, role);
    std::vector<double> values;
    for (std::size_t row = 0; row < all.size(); ++row)
        values.push_back(double{all.features(row, 2)});
    return values;
}

double mean_product(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / static_cast<double>(a.size());
}

// False-alarm rate 1e-4 (two-sided 3.9 sigma), fixed seed; a product of two N(0, 1) has variance 1.
const double tolerance = 3.9 / std::sqrt(static_cast<double>(events_count));

TEST(FurtherInputs, StandBehindTheFeatures) {
    const FurtherInputs further{.inputs = {FurtherInput::noise, FurtherInput::mass},
                                .noise_seed = 17};
    const EventTable plain = events();
    const EventTable all = further.added_to(plain, ClassifierRole::data);
    EXPECT_THAT(all.feature_columns, ElementsAre(Column{"x", "GeV"}, Column{"y", "1"},
                                                 Column{"noise", "1"}, Column{"m_jj", "TeV"}));
    EXPECT_EQ(further.columns(plain.feature_columns, plain.mass_column), all.feature_columns);
    ASSERT_EQ(all.features.cols(), 4U);
    const std::vector<double> noise = noise_of(only_noise, plain);
    for (std::size_t row = 0; row < events_count; ++row) {
        ASSERT_EQ(all.features(row, 0), plain.features(row, 0));
        ASSERT_EQ(all.features(row, 1), plain.features(row, 1));
        ASSERT_EQ(double{all.features(row, 2)}, noise[row]);
        ASSERT_EQ(all.features(row, 3), static_cast<float>(plain.mass[row]));
    }
    EXPECT_EQ(all.mass, plain.mass);
    EXPECT_EQ(FurtherInputs{}.added_to(plain, ClassifierRole::data).features, plain.features);
}

TEST(FurtherInputs, NoiseIsNormalAndIndependent) {
    const EventTable table = events();
    const std::vector<double> noise = noise_of(only_noise, table);
    const std::vector<double> ones(noise.size(), 1);
    EXPECT_NEAR(mean_product(noise, ones), 0, tolerance);
    EXPECT_NEAR(mean_product(noise, noise), 1,
                tolerance * std::sqrt(2));  // variance of a square: 2
    std::vector<double> shifted = noise;
    std::ranges::rotate(shifted, shifted.begin() + 1);
    EXPECT_NEAR(mean_product(noise, shifted), 0, tolerance);
    EXPECT_NEAR(mean_product(noise, noise_of(only_noise, table, ClassifierRole::background)), 0,
                tolerance);
    const FurtherInputs other{.inputs = only_noise.inputs, .noise_seed = 18};
    EXPECT_NEAR(mean_product(noise, noise_of(other, table)), 0, tolerance);
}

TEST(FurtherInputs, NoiseGoesWithTheEventWhereverItStands) {
    EventTable table = events();
    for (std::size_t row = 0; row < events_count; row += 2)
        table.source_row[row] = -1 - static_cast<std::int64_t>(row);  // generated ones too
    const std::vector<double> noise = noise_of(only_noise, table);
    const std::vector<std::size_t> rows = {19'000, 3, 4, 5};
    const std::vector<double> some = noise_of(only_noise, table.take(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(some[i], noise[rows[i]]);
}

}  // namespace
}  // namespace lacathode::test
