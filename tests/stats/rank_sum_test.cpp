#include "lacathode/stats/rank_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"

namespace lacathode {
namespace {

struct Scored {
    std::vector<float> score;
    std::vector<std::int8_t> label;
    void add(std::int8_t of, float value) {
        score.push_back(value);
        label.push_back(of);
    }
    [[nodiscard]] RankSum test() const { return rank_sum_test(roc_curve(score, label)); }
};

// scipy 1.10: mannwhitneyu(alternative='greater', method='asymptotic', use_continuity=False), with
// its correction for ties.
TEST(RankSum, AgreesWithAnotherImplementation) {
    Scored events;
    for (const float x : {.1F, .2F, .3F, .3F, .5F, .6F, .7F, .7F, .7F, .9F}) events.add(1, x);
    for (const float y : {.05F, .1F, .2F, .3F, .3F, .4F, .45F, .5F, .7F}) events.add(0, y);
    const RankSum found = events.test();
    EXPECT_NEAR(found.area, 0.6888888888888889, 1e-12);
    EXPECT_NEAR(found.p_value, 0.08041852820890133, 1e-12);
    EXPECT_NEAR(found.z_score, 1.4022618893936458, 1e-10);
}

TEST(RankSum, EqualScoresTellNothing) {
    Scored events;
    for (int i = 0; i < 30; ++i) events.add(i % 3 == 0 ? 1 : 0, 0.5F);
    const RankSum found = events.test();
    EXPECT_EQ(found.area, 0.5);
    EXPECT_EQ(found.z_score, 0);
    EXPECT_EQ(found.p_value, 1);
}

TEST(RankSum, IsOfEventsThatAllHaveAScore) {
    Scored events;
    for (int i = 0; i < 4; ++i) events.add(i % 2 == 0 ? 1 : 0, static_cast<float>(i));
    const std::vector<std::uint8_t> mapped = {1, 1, 0, 1};
    EXPECT_THROW((void)rank_sum_test(roc_curve(events.score, events.label, mapped)),
                 ContractViolation);
}

// `steps` values of the score; classes of 200 and 100 events.
Scored experiment(std::uint64_t index, double steps, double shift) {
    RandomStream random = RandomStream(41, "rank sum").at(index);
    Scored events;
    for (int i = 0; i < 300; ++i) {
        const std::int8_t label = i % 3 == 0 ? 1 : 0;
        const double value = random.normal() + shift * label;
        events.add(label, static_cast<float>(std::round(value * steps) / steps));
    }
    return events;
}

// p of 2000 experiments, with scores that are all different and with some twenty values of it:
// uniform with a false-alarm rate of 1e-3 (in the latter case to the atoms, of less than 1e-3). A
// shift of 0.2 is found, and one to the other side is not: the test is one-sided.
TEST(RankSum, IsCalibratedWithAndWithoutTies) {
    for (const double steps : {1e6, 3.0}) {
        std::vector<double> null, shifted, reversed;
        for (std::uint64_t i = 0; i < 2000; ++i) {
            null.push_back(experiment(i, steps, 0).test().p_value);
            shifted.push_back(experiment(i, steps, 0.2).test().p_value);
            reversed.push_back(experiment(i, steps, -0.2).test().p_value);
        }
        EXPECT_GT(kolmogorov_smirnov_uniform(null).p_value, 1e-3) << steps;
        EXPECT_LT(kolmogorov_smirnov_uniform(shifted).p_value, 1e-6);
        double sum = 0;
        for (const double p : reversed) sum += p / 2000;
        EXPECT_GT(sum, 0.7);
    }
}

// Two values only: without the correction for ties p would be too large, here by a factor of 1.5
// at 5 %. Four standard deviations of 2000 experiments.
TEST(RankSum, TiesNarrowTheNull) {
    double alarms = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        Scored events = experiment(i, 1e6, 0);
        for (float& score : events.score) score = score > 0 ? 1.0F : 0.0F;
        alarms += events.test().p_value <= 0.05 ? 1 : 0;
    }
    EXPECT_NEAR(alarms / 2000, 0.05, 4 * std::sqrt(0.05 * 0.95 / 2000));
}

}  // namespace
}  // namespace lacathode
